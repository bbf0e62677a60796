"""What OpenCV keeps of overlapping boxes, hard and soft.

    python3 -m venv venv && venv/bin/pip install opencv-python-headless==4.10.0.84
    venv/bin/python tests/vision/golden/nms.py tests/vision/golden/nms.json

Soft suppression was compared with Bodla et al., https://arxiv.org/abs/1704.04503, equations (1) and (2) written out below.
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np


def detections(count, seed):
    """Clusters of similar boxes, as detectors give them; `[x, y, width, height, score, class]`."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 400, (count // 8, 2))
    sides = rng.uniform(20, 120, (count // 8, 2))
    which = rng.integers(0, len(centres), count)
    xy = centres[which] + rng.normal(0, 12, (count, 2))
    wh = sides[which] * rng.uniform(0.7, 1.4, (count, 2))
    scores = rng.permutation(np.linspace(0.05, 0.99, count))
    # Whole pixels: `softNMSBoxes` takes no others.
    return np.hstack([xy.round(), wh.round(), scores[:, None].round(4), rng.integers(0, 3, (count, 1))])


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h) if w > 0 and h > 0 else 0.0


def soft(rows, factor, min_score):
    scores, left, kept = rows[:, 4].copy(), list(range(len(rows))), []
    while left:
        best = max(left, key=lambda i: scores[i])
        left.remove(best)
        kept.append([best, round(float(scores[best]), 5)])
        for i in left:
            scores[i] *= factor(iou(rows[best], rows[i]))
        left = [i for i in left if scores[i] >= min_score]
    return kept


def opencv_soft(rows, method, threshold, sigma, min_score):
    scores, kept = cv2.dnn.softNMSBoxes(
        rows[:, :4].astype(int).tolist(), rows[:, 4].astype(np.float32), min_score, threshold, 0, sigma, method
    )
    return [[int(i), round(float(s), 5)] for i, s in zip(np.ravel(kept), np.ravel(scores))]


def agree(ours, theirs):
    assert [i for i, _ in ours] == [i for i, _ in theirs], (ours, theirs)
    assert np.allclose([s for _, s in ours], [s for _, s in theirs], atol=1e-4)


def case(count, seed, threshold):
    rows = detections(count, seed)
    boxes, scores, classes = rows[:, :4].tolist(), rows[:, 4].tolist(), rows[:, 5].astype(int).tolist()
    linear = soft(rows, lambda o: 1 - o if o > threshold else 1.0, 0.01)
    gaussian = soft(rows, lambda o: np.exp(-o * o / 0.5), 0.01)
    agree(linear, opencv_soft(rows, 1, threshold, 0.5, 0.01))
    agree(gaussian, opencv_soft(rows, 2, threshold, 0.5, 0.01))
    return {
        "rows": rows.tolist(),
        "iou": threshold,
        "byClass": np.ravel(cv2.dnn.NMSBoxesBatched(boxes, scores, classes, 0, threshold)).tolist(),
        "agnostic": np.ravel(cv2.dnn.NMSBoxes(boxes, scores, 0, threshold)).tolist(),
        "linear": linear,
        "gaussian": gaussian,
    }


cases = [case(80, 1, 0.5), case(160, 2, 0.3), case(160, 3, 0.7)]
Path(sys.argv[1]).write_text(json.dumps({"opencv": cv2.__version__, "cases": cases}, separators=(",", ":")) + "\n")
