"""Numbers of DB's copy of ICDAR 2015's evaluation, on random pages, into match-texts.json.

    python match_texts.py iou.py

iou.py: concern/icdar2015_eval/detection/iou.py of github.com/MhLiao/DB. Needs numpy and shapely 2.
"""

import importlib.util
import json
import pathlib
import random
import sys

spec = importlib.util.spec_from_file_location("iou", sys.argv[1])
iou = importlib.util.module_from_spec(spec)
spec.loader.exec_module(iou)
evaluator = iou.DetectionIoUEvaluator()
random.seed(20261125)


def quad(x, y, width, height, lean):
    return [[x, y], [x + width, y + lean], [x + width, y + height + lean], [x, y + height]]


def moved(points, most):
    dx, dy = random.randint(-most, most), random.randint(-most // 2, most // 2)
    return [[x + dx + random.randint(-2, 2), y + dy] for x, y in points]


def page():
    truth = [
        {"points": quad(random.randint(0, 300), random.randint(0, 300), random.randint(20, 90), random.randint(8, 30), random.randint(-6, 6)), "ignore": random.random() < 0.2}
        for _ in range(random.randint(0, 8))
    ]
    found = [moved(each["points"], random.choice([2, 6, 20])) for each in truth if random.random() < 0.8]
    found += [moved(each["points"], 4) for each in truth if random.random() < 0.2]
    found += [quad(random.randint(0, 300), random.randint(0, 300), 40, 15, 0) for _ in range(random.randint(0, 3))]
    random.shuffle(found)
    return {"truth": truth, "found": found}


pages = [page() for _ in range(60)]
results = [
    evaluator.evaluate_image(each["truth"], [{"points": points, "ignore": False} for points in each["found"]])
    for each in pages
]
golden = {
    "pages": [
        {
            "truth": [[sum(each["points"], []), int(each["ignore"])] for each in page["truth"]],
            "found": [sum(points, []) for points in page["found"]],
            "pairs": [[pair["gt"], pair["det"]] for pair in result["pairs"]],
            "counts": [int(result["gtCare"]), int(result["detCare"]), int(result["detMatched"])],
        }
        for page, result in zip(pages, results)
    ],
    "total": evaluator.combine_results(results),
}
path = pathlib.Path(__file__).with_name("match-texts.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
