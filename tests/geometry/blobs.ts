/** A bitmap of rough shapes, holes and specks; the same formula lies in tests/vision/golden/opencv-text.py. */
export function blobs(width: number, height: number, seed: number): Uint8Array {
  const mask = new Uint8Array(width * height)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const wave = (x * x * 3 + y * y * 5 + x * y * 7 + seed * 131) % 97
      const isShape = (Math.floor(x / 7) * 3 + Math.floor(y / 5) * 5 + seed) % 4 < 2 && wave > 9
      mask[at] = isShape || wave === 3 ? 1 : 0
    }
  return mask
}
