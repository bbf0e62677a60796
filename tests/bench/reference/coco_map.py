"""What pycocotools measures on small cases made by hand, and on random ones with many ties.

    python3 -m venv venv && venv/bin/pip install numpy pycocotools==2.0.11
    venv/bin/python tests/bench/reference/coco_map.py tests/bench/reference/coco-map.json
"""
import contextlib
import io
import json
import random
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def true(left, top, right, bottom, kind=0, area=None, crowd=0):
    return [left, top, right, bottom, kind, (right - left) * (bottom - top) if area is None else area, crowd]


def found(left, top, right, bottom, score, kind=0):
    return [left, top, right, bottom, kind, score]


def image(truth=(), hits=()):
    return {"truth": list(truth), "found": list(hits)}


def chance(seed, images, kinds):
    """Objects found with jitter, twice or not at all; scores of one decimal, so that many are equal."""
    draw = random.Random(seed)
    made = []
    for _ in range(images):
        truth, hits = [], []
        for _ in range(draw.randint(0, 9)):
            width, height = draw.choice([8, 20, 32, 60, 96, 200]), draw.choice([8, 25, 32, 70, 96, 180])
            left, top, kind = draw.randint(0, 400), draw.randint(0, 300), draw.randrange(kinds)
            area = draw.choice([None, width * height // 2])
            truth.append(true(left, top, left + width, top + height, kind, area, int(draw.random() < 0.1)))
            for _ in range(draw.choice([0, 1, 1, 1, 2, 3])):
                shift = lambda size: draw.choice([0, 0, size // 16, -(size // 8), size // 4])
                x, y = left + shift(width), top + shift(height)
                hits.append(found(x, y, x + width + shift(width), y + height + shift(height), draw.randint(1, 9) / 10, kind))
        for _ in range(draw.randint(0, 4)):
            x, y = draw.randint(0, 500), draw.randint(0, 400)
            hits.append(found(x, y, x + draw.randint(5, 120), y + draw.randint(5, 120), draw.randint(1, 9) / 10, draw.randrange(kinds)))
        draw.shuffle(hits)
        made.append(image(truth, hits))
    return made


SQUARE = true(10, 10, 60, 60)
CASES = {
    "all found": [image([SQUARE, true(100, 100, 300, 300, 1)], [found(10, 10, 60, 60, 0.9), found(100, 100, 300, 300, 0.8, 1)])],
    "nothing found": [image([SQUARE]), image([true(0, 0, 20, 20, 1)])],
    "nothing there, something found": [image([], [found(0, 0, 9, 9, 0.5)])],
    "images without objects": [image(), image([SQUARE], [found(10, 10, 60, 60, 0.7)]), image([], [found(5, 5, 50, 50, 0.9)])],
    "a class that is not there": [image([SQUARE], [found(10, 10, 60, 60, 0.5), found(10, 10, 60, 60, 0.9, 3)])],
    "equal scores, the wrong one first": [image([SQUARE], [found(200, 200, 250, 250, 0.5), found(10, 10, 60, 60, 0.5)])],
    "equal scores, the right one first": [image([SQUARE], [found(10, 10, 60, 60, 0.5), found(200, 200, 250, 250, 0.5)])],
    "equal scores on several images": [
        image([SQUARE], [found(300, 300, 340, 340, 0.5)]),
        image([SQUARE], [found(10, 10, 60, 60, 0.5)]),
        image([SQUARE], [found(10, 10, 60, 58, 0.5), found(10, 10, 60, 60, 0.5)]),
    ],
    "one object found three times": [image([SQUARE], [found(10, 10, 60, 60, 0.6), found(10, 10, 62, 60, 0.9), found(12, 10, 60, 60, 0.7)])],
    "two objects covered alike": [image([true(0, 0, 40, 40), true(20, 0, 60, 40)], [found(10, 0, 50, 40, 0.9), found(0, 0, 40, 40, 0.8)])],
    "the better object is taken": [image([true(0, 0, 100, 100), true(0, 0, 100, 90)], [found(0, 0, 100, 92, 0.9), found(0, 0, 100, 91, 0.8)])],
    "overlaps at a threshold": [
        image([true(0, 0, 100, 100)], [found(0, 0, 100, 50, 0.9)]),
        image([true(0, 0, 100, 100)], [found(0, 0, 100, 75, 0.8)]),
        image([true(0, 0, 100, 100)], [found(0, 0, 100, 85, 0.7)]),
        image([true(0, 0, 100, 100)], [found(0, 0, 100, 90, 0.6)]),
        image([true(0, 0, 100, 100)], [found(0, 0, 100, 95, 0.5)]),
    ],
    "inside a crowd": [
        image(
            [true(0, 0, 300, 200, crowd=1), true(20, 20, 80, 80)],
            [found(100, 20, 160, 90, 0.9), found(20, 20, 80, 80, 0.8), found(180, 20, 240, 90, 0.7), found(280, 150, 330, 260, 0.6)],
        )
    ],
    "only a crowd": [image([true(0, 0, 300, 200, crowd=1)], [found(10, 10, 60, 60, 0.9)])],
    "a crowd and an object covered better": [image([true(0, 0, 100, 100, crowd=1), true(0, 0, 60, 100)], [found(0, 0, 100, 100, 0.9), found(0, 0, 60, 100, 0.8)])],
    "areas at the limits": [
        image(
            [true(0, 0, 32, 32), true(100, 0, 196, 96), true(0, 200, 31, 232), true(200, 200, 297, 297)],
            [found(0, 0, 32, 32, 0.9), found(100, 0, 196, 96, 0.8), found(0, 200, 31, 232, 0.7), found(200, 200, 297, 297, 0.6)],
        )
    ],
    "an outline smaller than its box": [
        image(
            [true(0, 0, 100, 100, area=900), true(200, 0, 300, 100, area=5000)],
            [found(0, 0, 100, 100, 0.9), found(200, 0, 300, 100, 0.8), found(0, 300, 20, 320, 0.95), found(100, 200, 300, 400, 0.85)],
        )
    ],
    "more than 100 found on an image": [
        image(
            [SQUARE, true(100, 100, 200, 200)],
            [found(5 * i, 300, 5 * i + 4, 304, 0.95 - i / 1000) for i in range(99)]
            + [found(100, 100, 200, 200, 0.8), found(10, 10, 60, 60, 0.7)]
            + [found(5 * i, 350, 5 * i + 4, 354, 0.6) for i in range(15)],
        )
    ],
    "100 of a class, more of all": [
        image([true(0, 0, 40, 40, 0), true(0, 0, 40, 40, 1)], [found(0, 300, 9, 309, 0.9, 0)] * 70 + [found(0, 0, 40, 40, 0.5, 1)] + [found(0, 300, 9, 309, 0.9, 1)] * 70 + [found(0, 0, 40, 40, 0.4, 0)])
    ],
    "by chance, a class": chance(1, 8, 1),
    "by chance, four classes": chance(2, 14, 4),
    "by chance, ten classes": chance(3, 14, 10),
}


def evaluate(images):
    kinds = 1 + max((row[4] for each in images for row in each["truth"] + each["found"]), default=0)
    truth = COCO()
    truth.dataset = {
        "images": [{"id": index + 1} for index in range(len(images))],
        "categories": [{"id": kind + 1, "name": str(kind)} for kind in range(kinds)],
        "annotations": [
            {"image_id": index + 1, "category_id": kind + 1, "bbox": [l, t, r - l, b - t], "area": area, "iscrowd": crowd}
            for index, each in enumerate(images)
            for l, t, r, b, kind, area, crowd in each["truth"]
        ],
    }
    for identifier, annotation in enumerate(truth.dataset["annotations"]):
        annotation["id"] = identifier + 1
    truth.createIndex()
    hits = [
        {"image_id": index + 1, "category_id": kind + 1, "bbox": [l, t, r - l, b - t], "score": score}
        for index, each in enumerate(images)
        for l, t, r, b, kind, score in each["found"]
    ]
    if hits:
        evaluation = COCOeval(truth, truth.loadRes(hits), "bbox")
    else:
        nothing = COCO()
        nothing.dataset = {**truth.dataset, "annotations": []}
        nothing.createIndex()
        evaluation = COCOeval(truth, nothing, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    known = lambda value: None if value == -1 else float(value)
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    by_class = {kind: float(precision[:, :, kind].mean()) for kind in range(kinds) if precision[0, 0, kind] > -1}
    names = {"map": 0, "map50": 1, "map75": 2, "small": 3, "medium": 4, "large": 5, "recall": 8}
    return {**{name: known(evaluation.stats[at]) for name, at in names.items()}, "byClass": by_class}


def main(out):
    results = {}
    for name, images in CASES.items():
        with contextlib.redirect_stdout(io.StringIO()):
            results[name] = {"images": images, "numbers": evaluate(images)}
    with open(out, "w") as file:
        lines = [f" {json.dumps(name)}: {json.dumps(case, separators=(',', ':'))}" for name, case in results.items()]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


main(*sys.argv[1:])
