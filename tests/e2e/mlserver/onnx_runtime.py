"""Serves an ONNX file in MLServer, which has no runtime for it: each input and output as it is, in its own type."""

import os

# ONNX Runtime reports to its maker unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import onnxruntime
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput

DTYPES = {
    "FP32": np.float32,
    "FP16": np.float16,
    "INT64": np.int64,
    "INT32": np.int32,
    "UINT8": np.uint8,
    "BOOL": np.bool_,
}


class OnnxModel(MLModel):
    async def load(self) -> bool:
        self._session = onnxruntime.InferenceSession(
            self.settings.parameters.uri, providers=["CPUExecutionProvider"]
        )
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        feeds = {
            tensor.name: np.array(tensor.data.root, dtype=DTYPES[tensor.datatype]).reshape(tensor.shape)
            for tensor in payload.inputs
        }
        names = [output.name for output in self._session.get_outputs()]
        outputs = [to_output(name, value) for name, value in zip(names, self._session.run(names, feeds))]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)


def to_output(name: str, value: np.ndarray) -> ResponseOutput:
    datatype = next(key for key, dtype in DTYPES.items() if dtype == value.dtype)
    return ResponseOutput(name=name, shape=list(value.shape), datatype=datatype, data=value.ravel().tolist())
