"""The loop that a Python backend runs: a file's bytes to boxes, with OpenCV, numpy and onnxruntime.

    detection_loop.py MODEL THREADS SCORE_FLOOR IMAGE...

Says `ready`; then for each line read, the index of an image: milliseconds, those of them inside `session.run`, and boxes found.
"""
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from detection import RECIPES, detect, open_session


class Timed:
    def __init__(self, session):
        self.session, self.ms = session, 0.0

    def run(self, *args):
        begun = time.perf_counter()
        try:
            return self.session.run(*args)
        finally:
            self.ms = (time.perf_counter() - begun) * 1000


def main(model, threads, floor, *files):
    recipe = RECIPES[Path(model).name]()
    session = Timed(open_session(model, int(threads)))
    images = [Path(file).read_bytes() for file in files]
    print("ready", flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        image = cv2.imdecode(np.frombuffer(images[int(line)], np.uint8), cv2.IMREAD_COLOR)
        boxes, _, _ = detect(session, recipe, image, float(floor))
        ms = (time.perf_counter() - begun) * 1000
        print(json.dumps({"ms": ms, "inRun": session.ms, "found": len(boxes)}), flush=True)


main(*sys.argv[1:])
