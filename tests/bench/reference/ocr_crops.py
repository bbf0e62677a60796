"""Independent numbers for tests/bench/ocr-accuracy.ts: PaddleOCR's recipe for recognition, with OpenCV, on true line crops.

pip install onnxruntime opencv-python-headless; python ocr_crops.py <folder with datasets/ and models/>
"""
import argparse, glob, math, os, re
# ONNX Runtime reports to its maker unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import cv2, numpy as np, onnxruntime

def normalized(text):
    return re.sub("[^a-z0-9]", "", text.lower())

def decode(steps, characters):
    best = steps.argmax(1)
    return "".join(characters[now] for now, before in zip(best, [-1, *best]) if now != before and now != 0)

def read(session, crop, characters):
    height, width = crop.shape[:2]
    if height / width >= 1.5:
        crop = np.rot90(crop)
        height, width = crop.shape[:2]
    width = math.ceil(32 * width / height)
    line = cv2.resize(crop, (width, 32))
    batch = np.zeros((1, 3, 32, max(320, width)), np.float32)
    batch[0, :, :, :width] = ((line.astype(np.float32) / 255 - 0.5) / 0.5).transpose(2, 0, 1)
    return decode(session.run(None, {"x": batch})[0][0], characters)

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared")
    shared = parser.parse_args().shared
    models = os.path.join(shared, "models/text-recognition")
    session = onnxruntime.InferenceSession(os.path.join(models, "en_number_mobile_v2.0_rec_infer.onnx"))
    with open(os.path.join(models, "en_dict.txt"), encoding="utf8", newline="") as file:
        characters = ["", *file.read().removesuffix("\n").split("\n"), " "]
    right = total = 0
    for path in sorted(glob.glob(os.path.join(shared, "datasets/sroie/img/*.jpg"))):
        image = cv2.imread(path)
        with open(path.replace("/img/", "/box/").replace(".jpg", ".csv"), encoding="utf8") as rows:
            for row in rows.read().splitlines():
                cells = row.split(",")
                corners = np.array(cells[:8], int).reshape(4, 2)
                (left, top), (end, bottom) = corners.min(0), corners.max(0)
                text = read(session, image[top:bottom, left:end], characters)
                right += normalized(text) == normalized(",".join(cells[8:]))
                total += 1
    print(f"{total} lines, true crops {right / total:.3f}")

if __name__ == "__main__":
    main()
