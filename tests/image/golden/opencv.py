"""OpenCV's numbers for small synthetic pictures: resize, grey, warp, normalisation.

    python3 -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84 numpy
    venv/bin/python tests/image/golden/opencv.py tests/image/golden/opencv.json
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np


def synthetic(width, height):
    """The same formula lies in tests/image/synthetic.ts."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 37 + y * 59 + c * 83 + x * y * (c + 3)) % 256).astype(np.uint8)


def flat(array):
    return array.reshape(-1).tolist()


def resized(width, height, to_width, to_height):
    out = cv2.resize(synthetic(width, height), (to_width, to_height), interpolation=cv2.INTER_LINEAR)
    return {"from": [width, height], "to": [to_width, to_height], "data": flat(out)}


def warped(name, quad, width, height, flag):
    source = np.array(quad, np.float32)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    out = cv2.warpPerspective(synthetic(40, 30), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=flag)
    return {"interpolation": name, "quad": quad, "to": [width, height], "data": flat(out)}


def normalised():
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    std = np.array([0.229, 0.224, 0.225], np.float32)
    bgr = synthetic(6, 4)[:, :, ::-1]
    tensor = ((bgr.astype(np.float32) / 255 - mean) / std).transpose(2, 0, 1)
    return {"from": [6, 4], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "data": [round(v, 6) for v in flat(tensor.astype(float))]}


quads = [[[3.5, 2.25], [33, 6], [30.5, 25], [5, 20.75]], [[-4, -3], [44, 2], [46, 33], [-2, 28]], [[10, 5], [30, 5], [30, 15], [10, 15]]]
result = {
    "opencv": cv2.__version__,
    "resize": [resized(*sizes) for sizes in [(13, 9, 29, 17), (29, 17, 13, 9), (16, 12, 8, 6), (20, 30, 7, 40), (5, 5, 5, 5), (1, 7, 9, 3), (24, 12, 8, 4)]],
    "gray": {"from": [16, 12], "data": flat(cv2.cvtColor(synthetic(16, 12), cv2.COLOR_RGB2GRAY))},
    "warp": [warped(name, quad, 24, 12, flag) for quad in quads for name, flag in [("linear", cv2.INTER_LINEAR), ("cubic", cv2.INTER_CUBIC)]],
    "normalised": normalised(),
}
Path(sys.argv[1]).write_text(json.dumps(result, separators=(",", ":")) + "\n")
