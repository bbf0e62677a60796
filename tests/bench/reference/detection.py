"""Five detectors in plain Python: numbers to compare with, on the 66 images of COCO val2017 in datasets/coco-val2017-mini.

    python3 -m venv venv && venv/bin/pip install -r tests/bench/reference/requirements.txt
    venv/bin/python tests/bench/reference/detection.py SHARED tests/bench/reference/detection.json

Images are prepared and answers decoded as in the projects that the models come from: YOLOX names a cell's best class, PicoDet
and NanoDet each of its classes (multiclass_nms). Scores from 0.01 on, 100 detections an image, as COCO evaluates.
"""
import contextlib
import io
import json
import os
import sys
from pathlib import Path

# ONNX Runtime reports to its maker unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import cv2
import numpy as np
import onnxruntime

SCORE_FLOOR = 0.01
MAX_DETECTIONS = 100
CAFFE_MEAN, CAFFE_STD = np.float32([103.53, 116.28, 123.675]), np.float32([57.375, 57.12, 58.395])
IMAGENET_MEAN, IMAGENET_STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # What lsml's sessions do too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def to_tensor(image):
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)


def letterbox(image, size):
    """In proportion, in the top left corner, the rest grey."""
    height, width = image.shape[:2]
    scale = min(size / height, size / width)
    width, height = round(width * scale), round(height * scale)
    canvas = np.full((size, size, 3), 114, np.uint8)
    canvas[:height, :width] = cv2.resize(image, (width, height))
    return canvas, scale


def grid(size, strides):
    """Column and row of each cell, and its stride."""
    cells, steps = [], []
    for stride in strides:
        side = -(-size // stride)
        rows, columns = np.mgrid[:side, :side]
        cells.append(np.stack([columns, rows], -1).reshape(-1, 2))
        steps.append(np.full((side * side, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


def suppress(boxes, scores, labels, iou):
    """Class by class; the best first."""
    sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)
    kept = cv2.dnn.NMSBoxesBatched(sizes.tolist(), scores.tolist(), labels.tolist(), 0.0, iou)
    kept = np.array(kept, int).reshape(-1)
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    return boxes[kept], scores[kept], labels[kept]


class Yolox:
    size = 416
    cells, strides = grid(416, [8, 16, 32])

    def prepare(self, image):
        canvas, self.scale = letterbox(image, self.size)
        return {"images": to_tensor(canvas)}

    def decode(self, outputs, image, floor):
        rows = outputs[0][0]
        classes = rows[:, 5:].argmax(1)
        scores = rows[:, 4] * rows[np.arange(len(rows)), 5 + classes]
        found = scores >= floor
        centers = (rows[found, :2] + self.cells[found]) * self.strides[found]
        halves = np.exp(rows[found, 2:4]) * self.strides[found] / 2
        boxes = np.concatenate([centers - halves, centers + halves], 1) / self.scale
        return suppress(boxes, scores[found], classes[found], 0.65)


class Distributions:
    size, bins, levels = 320, 8, 4

    def decode(self, outputs, image, floor):
        outputs = [output.reshape(-1, output.shape[-1]) for output in outputs]
        cells, classes = np.nonzero((scores := np.concatenate(outputs[: self.levels])) >= floor)
        used, which = np.unique(cells, return_inverse=True)
        logits = np.concatenate(outputs[self.levels :])[used].reshape(-1, 4, self.bins)
        weights = np.exp(logits - logits.max(-1, keepdims=True))
        distances = weights @ np.arange(self.bins, dtype=np.float32) / weights.sum(-1) * self.strides[used]
        centers = self.centers[used]
        height, width = image.shape[:2]
        boxes = np.concatenate([centers - distances[:, :2], centers + distances[:, 2:]], 1)
        boxes = boxes * np.float32([width, height, width, height]) / self.size
        return suppress(boxes[which], scores[cells, classes], classes, 0.6)


class Picodet(Distributions):
    cells, strides = grid(320, [8, 16, 32, 64])
    centers = (cells + 0.5) * strides

    def prepare(self, image):
        rgb = cv2.cvtColor(cv2.resize(image, (self.size, self.size)), cv2.COLOR_BGR2RGB)
        return {"image": to_tensor((rgb / np.float32(255) - IMAGENET_MEAN) / IMAGENET_STD)}


class Nanodet(Distributions):
    levels = 3
    cells, strides = grid(320, [8, 16, 32])
    centers = cells * strides + 0.5 * (strides - 1)

    def prepare(self, image):
        return {"input.1": to_tensor((cv2.resize(image, (self.size, self.size)) - CAFFE_MEAN) / CAFFE_STD)}


class Deim:
    size = 320

    def prepare(self, image):
        height, width = image.shape[:2]
        rgb = cv2.cvtColor(cv2.resize(image, (self.size, self.size)), cv2.COLOR_BGR2RGB)
        return {"images": to_tensor(rgb / np.float32(255)), "orig_target_sizes": np.int64([[width, height]])}

    def decode(self, outputs, image, floor):
        labels, boxes, scores = (output[0] for output in outputs)
        found = scores >= floor
        return boxes[found], scores[found], labels[found]


class Rtmdet:
    """Of one class, persons; overlapping boxes are suppressed in the graph."""

    size = 320

    def prepare(self, image):
        canvas, self.scale = letterbox(image, self.size)
        return {"input": to_tensor((canvas - CAFFE_MEAN) / CAFFE_STD)}

    def decode(self, outputs, image, floor):
        rows, labels = (output[0] for output in outputs)
        found = rows[:, 4] >= floor
        return rows[found, :4] / self.scale, rows[found, 4], labels[found]


RECIPES = {
    "yolox_nano_0.1.1rc0_official.onnx": Yolox,
    "picodet_s_320_coco.onnx": Picodet,
    "nanodet_m_320.onnx": Nanodet,
    "deimv2_hgnetv2_atto_coco.onnx": Deim,
    "rtmdet_nano.onnx": Rtmdet,
}


def finish(found, image):
    """Clipped to the image, the best first; whole boxes beside it are gone."""
    boxes, scores, labels = found
    height, width = image.shape[:2]
    boxes = np.clip(boxes, 0, [width, height, width, height])
    inside = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
    order = inside[np.argsort(-scores[inside], kind="stable")][:MAX_DETECTIONS]
    return boxes[order], scores[order], labels[order]


def detect(session, recipe, image, floor):
    outputs = session.run(None, recipe.prepare(image))
    return finish(recipe.decode(outputs, image, floor), image)


def measure(truth, images, session, recipe):
    from pycocotools.cocoeval import COCOeval

    categories = sorted(truth.cats)
    rows = []
    for identifier, image in images.items():
        for (left, top, right, bottom), score, label in zip(*detect(session, recipe, image, SCORE_FLOOR)):
            box = [float(left), float(top), float(right - left), float(bottom - top)]
            rows.append({"image_id": identifier, "category_id": categories[label], "bbox": box, "score": float(score)})
    evaluation = COCOeval(truth, truth.loadRes(rows), "bbox")
    if isinstance(recipe, Rtmdet):
        evaluation.params.catIds = [1]
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    names = ["map", "map50", "map75", "small", "medium", "large"]
    return {name: round(float(value), 5) for name, value in zip(names, evaluation.stats)}


def main(shared, out):
    from pycocotools.coco import COCO

    shared = Path(shared)
    folder = shared / "datasets/coco-val2017-mini"
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(folder / "instances.json"))
        images = {each["id"]: cv2.imread(str(folder / "images" / each["file_name"])) for each in truth.dataset["images"]}
        models = {
            file: measure(truth, images, open_session(shared / "models/object-detection" / file, 2), recipe())
            for file, recipe in RECIPES.items()
        }
    versions = {"onnxruntime": onnxruntime.__version__, "opencv": cv2.__version__, "numpy": np.__version__}
    numbers = {"scoreFloor": SCORE_FLOOR, "maxDetections": MAX_DETECTIONS, "versions": versions, "models": models}
    Path(out).write_text(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
