"""Reads a COCO file with pycocotools and says what it finds, as JSON: python check_coco.py all.json"""

import contextlib
import io
import json
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from pycocotools import mask as masks


def perfect(coco, kind):
    """The mAP of what is there as it is there."""
    found = []
    for each in coco.dataset["annotations"]:
        found.append({"image_id": each["image_id"], "category_id": each["category_id"], "score": 1.0})
        if kind == "bbox":
            found[-1]["bbox"] = each["bbox"]
        elif each["segmentation"]:
            found[-1]["segmentation"] = coco.annToRLE(each)
        else:
            found.pop()
    evaluation = COCOeval(coco, coco.loadRes(found), kind)
    if kind == "segm":
        evaluation.params.catIds = sorted({each["category_id"] for each in found})
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation.stats[0]


with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(sys.argv[1])
    shapes = [
        {
            "region": each["region"],
            "pixels": int(coco.annToMask(each).sum()),
            "box": masks.toBbox(coco.annToRLE(each)).tolist(),
        }
        for each in coco.dataset["annotations"]
        if each["segmentation"]
    ]
    answer = {
        "categories": [each["name"] for each in coco.loadCats(coco.getCatIds())],
        "images": len(coco.getImgIds()),
        "annotations": len(coco.getAnnIds()),
        "shapes": shapes,
        "bbox": perfect(coco, "bbox"),
    }
json.dump(answer, sys.stdout)
