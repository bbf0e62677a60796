"""What Pillow makes of the awkward pictures: sizes, channel means and an 4 x 4 grid of block means.

First frame, EXIF orientation applied, transparency laid on white, 16-bit grey scaled to 8 bits.

    python3 -m venv venv && venv/bin/pip install pillow numpy
    venv/bin/python tests/image/golden/decoded.py SHARED/images tests/image/golden/decoded.json
"""
import json
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = 64_000_000
FOLDERS = ["odd", "broken", "exif-orientation"]


def pixels(path):
    image = Image.open(path)
    if image.width * image.height > Image.MAX_IMAGE_PIXELS:
        raise OverflowError("too large")
    image.seek(0)
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":
        image = Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).astype(np.uint8))
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return np.asarray(Image.alpha_composite(white, rgba).convert("RGB"))


def grid(array):
    height, width = array.shape[:2]
    ys = [height * i // 4 for i in range(5)]
    xs = [width * i // 4 for i in range(5)]
    return [
        [round(float(v), 1) for v in array[ys[j]:max(ys[j + 1], ys[j] + 1), xs[i]:max(xs[i + 1], xs[i] + 1)].reshape(-1, 3).mean(0)]
        for j in range(4)
        for i in range(4)
    ]


def main(root, out):
    found = {}
    for path in sorted(p for folder in FOLDERS for p in Path(root, folder).rglob("*") if p.is_file() and p.name != "LICENSE"):
        name = path.relative_to(root).as_posix()
        try:
            array = pixels(path)
        except Exception as error:  # noqa: BLE001 - whatever Pillow says is the answer
            found[name] = {"error": f"{type(error).__name__}: {error}".replace(str(root), "").split(" '")[0][:120]}
            continue
        found[name] = {
            "width": array.shape[1],
            "height": array.shape[0],
            "mean": [round(float(v), 2) for v in array.reshape(-1, 3).mean(0)],
            "grid": grid(array),
        }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in found.items())
    Path(out).write_text("{\n" + lines + "\n}\n")


main(*sys.argv[1:])
