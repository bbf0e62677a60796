"""A trainer as small as one can be: reads COCO, and leaves an ONNX model that adds the number of boxes to its input."""

import argparse
import json
import os
import struct
import sys


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def value_info(name):
    shape = data(1, number(1, 1))
    return data(1, name) + data(2, data(1, number(1, 1) + data(2, shape)))


def add_model(constant):
    """y = x + constant, both of one float; the field numbers are those of onnx.proto3."""
    tensor = number(1, 1) + number(2, 1) + data(8, "constant") + data(9, struct.pack("<f", constant))
    node = data(1, "x") + data(1, "constant") + data(2, "y") + data(4, "Add")
    graph = data(1, node) + data(2, "graph") + data(5, tensor) + data(11, value_info("x")) + data(12, value_info("y"))
    return number(1, 8) + data(7, graph) + data(8, data(1, "") + number(2, 17))


parser = argparse.ArgumentParser()
parser.add_argument("--train", required=True)
parser.add_argument("--images", required=True)
parser.add_argument("--out", required=True)
parser.add_argument("--from", dest="previous")
parser.add_argument("--note")
args = parser.parse_args()

with open(args.train) as file:
    coco = json.load(file)
for image in coco["images"]:
    assert os.path.getsize(os.path.join(args.images, image["file_name"])) > 0
for epoch in (1, 2):
    print(f"epoch {epoch} 1/2\repoch {epoch} 2/2", flush=True)
print("a warning", file=sys.stderr, flush=True)
boxes = len(coco["annotations"])
print(json.dumps({"progress": 1, "message": "done", "metrics": {"boxes": boxes}}))
if args.note:
    print(json.dumps({"note": args.note, "previous": args.previous}))
with open(args.out, "wb") as file:
    file.write(add_model(boxes))
