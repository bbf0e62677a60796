"""Brush codes by Label Studio's own Python SDK, for masks that a formula draws (the same lies in ../brush.test.ts).

    python3 -m venv venv && venv/bin/pip install label-studio-sdk==2.1.3
    venv/bin/python tests/regions/golden/brush.py tests/regions/golden/brush.json
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from label_studio_sdk.converter import brush


def drawn(width, height, seed):
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    wave = (x * x * 3 + y * y * 5 + x * y * 7 + seed * 131) % 97
    shape = (((x // 7) * 3 + (y // 5) * 5 + seed) % 4 < 2) & (wave > 9)
    return ((shape | (wave == 3)) * 255).astype(np.uint8)


def case(name, mask, width, height, seed):
    rle = brush.mask2rle(mask)
    assert np.array_equal(brush.decode_rle(rle)[3::4].reshape(mask.shape), mask)
    code = bytes(int(byte) for byte in rle)
    return {
        "name": name,
        "width": width,
        "height": height,
        "seed": seed,
        "bytes": len(code),
        "sha256": hashlib.sha256(code).hexdigest(),
    }


cases = [case(f"drawn {w} × {h}", drawn(w, h, s), w, h, s) for w, h, s in [(9, 7, 1), (64, 48, 2), (300, 211, 3), (641, 427, 4)]]
cases += [
    case("empty", np.zeros((300, 300), np.uint8), 300, 300, "none"),
    case("full", np.full((300, 300), 255, np.uint8), 300, 300, "all"),
    case("one pixel", np.full((1, 1), 255, np.uint8), 1, 1, "all"),
    case("exactly one long run", np.full((128, 128), 255, np.uint8), 128, 128, "all"),
]
Path(sys.argv[1]).write_text(json.dumps(cases, indent=2, ensure_ascii=False) + "\n")
