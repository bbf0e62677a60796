/** Sizes in bits of the four kinds of block lengths, as the Python SDK writes them (`brush.encode_rle`). */
const LENGTH_BITS = [3, 4, 8, 16] as const
const WORD_BITS = 8
const LONGEST = 2 ** 16
/** Red, green, blue and opacity of a pixel. */
const PLANES = 4
const INSIDE = 255

/**
 * A mask as Label Studio stores what brushes paint: the run-length code of @thi.ng/rle-pack over the RGBA bytes of the
 * whole picture, here written from the runs, because a picture of 12 megapixels has 48 million bytes and a mask a few
 * hundred runs: that library goes through all of them, byte by byte. The bytes are those of `brush.mask2rle` of Label Studio's
 * Python SDK, which are the library's with, now and then, one zero byte more at the end.
 *
 * @param runs `[from, to]` in turns, in pixels: where the mask is
 * @param pixels of the whole picture
 */
export function encodeRle(runs: readonly number[], pixels: number): readonly number[] {
  const bits = createBitWriter()
  bits.write(pixels * PLANES, 32)
  bits.write(WORD_BITS - 1, 5)
  for (const size of LENGTH_BITS) bits.write(size - 1, 4)
  let at = 0
  for (let i = 0; i < runs.length; i += 2) {
    const [from, to] = [runs[i] as number, runs[i + 1] as number]
    writeRun(bits, (from - at) * PLANES, 0)
    writeRun(bits, (to - from) * PLANES, INSIDE)
    at = to
  }
  writeRun(bits, (pixels - at) * PLANES, 0)
  return bits.end()
}

/** One bit says that it is a run, two which size its length has. */
function writeRun(bits: BitWriter, length: number, value: number): void {
  for (let rest = length; rest > 0; rest -= LONGEST) {
    const count = Math.min(rest, LONGEST)
    const size = LENGTH_BITS.findIndex((each) => count <= 2 ** each)
    bits.write(1, 1)
    bits.write(size, 2)
    bits.write(count - 1, LENGTH_BITS[size] as number)
    bits.write(value, WORD_BITS)
  }
}

interface BitWriter {
  /** The most significant bit first. */
  write(value: number, bits: number): void
  end(): readonly number[]
}

function createBitWriter(): BitWriter {
  const bytes: number[] = []
  let open = 0
  let free = 8
  return {
    write(value, bits) {
      for (let left = bits; left > 0;) {
        const taken = Math.min(left, free)
        left -= taken
        const part = Math.floor(value / 2 ** left) % 2 ** taken
        free -= taken
        open |= part << free
        if (free > 0) continue
        bytes.push(open)
        open = 0
        free = 8
      }
    },
    end: () => [...bytes, open],
  }
}
