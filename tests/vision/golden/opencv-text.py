"""OpenCV's, Shapely's and pyclipper's numbers for shapes drawn as text: contours, approximation, rectangles, fills,
offsets, overlaps.

    python3 -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84 pyclipper==1.4.0 shapely==2.2.0
    venv/bin/python tests/vision/golden/opencv-text.py tests/vision/golden/opencv-text.json
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pyclipper
from shapely.geometry import Polygon


def blobs(width, height, seed):
    """The same formula lies in tests/geometry/blobs.ts: a bitmap of rough shapes, holes and specks."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    wave = (x * x * 3 + y * y * 5 + x * y * 7 + seed * 131) % 97
    shape = (((x // 7) * 3 + (y // 5) * 5 + seed) % 4 < 2) & (wave > 9)
    return (shape | (wave == 3)).astype(np.uint8)


def corners(contour):
    return contour.reshape(-1, 2).tolist()


def contours_of(mask):
    found, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    listed, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    assert sorted(map(corners, found)) == sorted(map(corners, listed))
    return [{"points": corners(c), "isHole": bool(h[3] >= 0)} for c, h in zip(found, hierarchy[0])]


def outlines(seed):
    """Outlines of turned, bent and ragged bars, as a text detector draws them."""
    canvas = np.zeros((160, 240), np.uint8)
    rng = np.random.default_rng(seed)
    centre, size, angle = (120, 80), (float(rng.integers(60, 150)), float(rng.integers(8, 30))), float(rng.integers(-90, 90))
    cv2.fillPoly(canvas, [np.int32(cv2.boxPoints((centre, size, angle)))], 255)
    if seed % 3 == 1:
        cv2.ellipse(canvas, (120, 120), (90, 60), 0, 200, 340, 255, 12)
    for _ in range(seed % 4 * 6):
        cv2.circle(canvas, (int(rng.integers(40, 200)), int(rng.integers(40, 120))), 2, int(rng.integers(0, 2)) * 255, -1)
    found, _ = cv2.findContours(canvas, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return max(found, key=cv2.contourArea)


def described(seed):
    contour = outlines(seed)
    length = cv2.arcLength(contour, True)
    rect = cv2.minAreaRect(contour)
    filled = np.zeros((160, 240), np.uint8)
    approximated = cv2.approxPolyDP(contour, 0.01 * length, True)
    cv2.fillPoly(filled, [approximated], 1)
    y, x = np.mgrid[0:160, 0:240]
    values = (((x * 7 + y * 13) % 101) / 100).astype(np.float32)
    return {
        "contour": corners(contour),
        "length": length,
        "area": cv2.contourArea(contour),
        "approximated": [{"tolerance": t * length, "points": corners(cv2.approxPolyDP(contour, t * length, True))} for t in (0.002, 0.01, 0.05)],
        "rect": {"corners": cv2.boxPoints(rect).astype(float).tolist(), "sides": sorted(rect[1])},
        "hullArea": cv2.contourArea(cv2.convexHull(contour)),
        "mean": cv2.mean(values, filled)[0],
        "offset": offset(corners(approximated)),
    }


def offset(points):
    scale = 256
    grower = pyclipper.PyclipperOffset(2, 0.25 * scale)
    grower.AddPath([[v * scale for v in p] for p in points], pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return [{"distance": d, "areas": sorted(Polygon(p).area / scale**2 for p in grower.Execute(d * scale))} for d in (-3, 2.5, 9)]


def overlap(a, b):
    a, b = Polygon(a), Polygon(b)
    return {"a": list(a.exterior.coords)[:-1], "b": list(b.exterior.coords)[:-1], "iou": a.intersection(b).area / a.union(b).area}


result = {
    "opencv": cv2.__version__,
    "contours": [{"size": [w, h], "seed": s, "contours": contours_of(blobs(w, h, s))} for w, h, s in [(40, 30, 1), (33, 47, 2), (64, 21, 3), (1, 9, 4), (9, 1, 5), (50, 50, 6)]],
    "outlines": [described(seed) for seed in range(12)],
    "overlaps": [
        overlap([(0, 0), (10, 0), (10, 10), (0, 10)], [(5, 5), (15, 5), (15, 15), (5, 15)]),
        overlap([(0, 0), (10, 0), (10, 4), (0, 4)], [(2, 1), (8, -3), (12, 3), (6, 7)]),
        overlap([(0, 0), (8, 0), (8, 2), (2, 2), (2, 8), (0, 8)], [(1, 1), (1, 9), (9, 9), (9, 1)]),
        overlap([(0.25, 0.5), (4.75, 0.5), (4.75, 3.25), (0.25, 3.25)], [(0.25, 3.25), (4.75, 3.25), (4.75, 0.5), (0.25, 0.5)]),
        overlap([(0, 0), (1, 0), (1, 1), (0, 1)], [(3, 3), (4, 3), (4, 4), (3, 4)]),
    ],
}
Path(sys.argv[1]).write_text(json.dumps(result, separators=(",", ":")) + "\n")
