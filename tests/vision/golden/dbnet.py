"""What PaddleOCR's DBPostProcess and MMOCR's DBPostprocessor make of synthetic probability maps, in pixels of the map.

    python3 -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84 pyclipper==1.4.0 shapely==2.2.0
    venv/bin/python tests/vision/golden/dbnet.py tests/vision/golden/dbnet.json

Written anew from their descriptions; coordinates are not rounded, and pyclipper computes in 1/256 pixels.
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pyclipper

UNITS = 256


def soft_bars(width, height, bars):
    """The same formula lies in tests/vision/dbnet/soft-bars.ts."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    out = np.zeros((height, width))
    for cx, cy, w, h, degrees, peak in bars:
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        u, v = (x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin
        edge = lambda d, side: np.clip((side / 2 + 2 - np.abs(d)) / 4, 0, 1)
        out = np.maximum(out, peak * edge(u, w) * edge(v, h))
    return out.astype(np.float32)


def mean_inside(prob, polygon):
    h, w = prob.shape
    xmin, ymin = np.clip(np.floor(polygon.min(0)).astype(int), 0, [w - 1, h - 1])
    xmax, ymax = np.clip(np.ceil(polygon.max(0)).astype(int), 0, [w - 1, h - 1])
    mask = np.zeros((ymax - ymin + 1, xmax - xmin + 1), np.uint8)
    cv2.fillPoly(mask, [(polygon - [xmin, ymin]).astype(np.int32)], 1)
    return cv2.mean(prob[ymin:ymax + 1, xmin:xmax + 1], mask)[0]


def grown(polygon, ratio):
    contour = np.float32(polygon)
    distance = cv2.contourArea(contour) * ratio / cv2.arcLength(contour, True)
    clip = pyclipper.PyclipperOffset(2, 0.25 * UNITS)
    clip.AddPath([[int(round(float(v) * UNITS)) for v in p] for p in polygon], pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return [np.float32(p) / UNITS for p in clip.Execute(distance * UNITS)]


def contours(prob, dilated):
    mask = (prob > 0.3).astype(np.uint8)
    if dilated:
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    return cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]


def entry(rect, score):
    return {"corners": cv2.boxPoints(rect).astype(float).round(3).tolist(), "score": round(score, 5)}


def paddle(prob, box_threshold=0.6, ratio=1.5, min_size=3, slow=False, dilated=False):
    out = []
    for contour in contours(prob, dilated):
        rect = cv2.minAreaRect(contour)
        if min(rect[1]) < min_size:
            continue
        score = mean_inside(prob, contour.reshape(-1, 2).astype(float) if slow else cv2.boxPoints(rect).astype(float))
        if score < box_threshold:
            continue
        paths = grown(cv2.boxPoints(rect), ratio)
        rect = cv2.minAreaRect(np.concatenate(paths))
        if min(rect[1]) >= min_size + 2:
            out.append(entry(rect, score))
    return out


def mmocr(prob, min_score=0.3, ratio=1.5, min_width=5):
    out = []
    for contour in contours(prob, False):
        polygon = cv2.approxPolyDP(contour, 0.01 * cv2.arcLength(contour, True), True).reshape(-1, 2)
        if len(polygon) < 4:
            continue
        score = mean_inside(prob, polygon.astype(float))
        if score < min_score:
            continue
        paths = grown(polygon, ratio)
        if len(paths) != 1:
            continue
        rect = cv2.minAreaRect(paths[0])
        if min(rect[1]) >= min_width:
            out.append(entry(rect, score))
    return out


maps = [
    {"size": [160, 96], "bars": [[60, 20, 80, 10, 0, 0.95], [70, 45, 90, 12, 8, 0.9], [60, 75, 70, 9, -5, 0.8], [140, 60, 12, 50, 0, 0.85]]},
    {"size": [128, 128], "bars": [[64, 64, 110, 14, 45, 0.9], [30, 100, 40, 10, -30, 0.7], [100, 30, 30, 8, 80, 0.75], [120, 120, 6, 6, 0, 0.9], [10, 10, 3, 3, 0, 0.9]]},
    {"size": [96, 64], "bars": [[2, 30, 30, 12, 0, 0.9], [94, 10, 30, 10, 0, 0.9], [48, 62, 60, 8, 0, 0.9], [48, 32, 30, 10, 10, 0.45], [50, 12, 40, 9, 0, 0.58]]},
    {"size": [200, 80], "bars": [[50, 25, 60, 10, 0, 0.9], [106, 25, 44, 10, 0, 0.9], [100, 55, 160, 12, 2, 0.95], [100, 58, 100, 14, -3, 0.9]]},
]
for each in maps:
    prob = soft_bars(*each["size"], each["bars"])
    each["paddle"] = paddle(prob)
    each["paddleSlow"] = paddle(prob, box_threshold=0.5, ratio=2.0, slow=True)
    each["paddleDilated"] = paddle(prob, box_threshold=0.4, dilated=True)
    each["mmocr"] = mmocr(prob)
Path(sys.argv[1]).write_text(json.dumps({"maps": maps}, separators=(",", ":")) + "\n")
