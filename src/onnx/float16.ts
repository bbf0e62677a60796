/** Bits of IEEE 754 half precision as numbers: `Float16Array` is not in every runtime yet. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  const view = new Uint32Array(bits.length)
  const magic = new Float32Array(1)
  const magicBits = new Uint32Array(magic.buffer)
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i] as number
    const sign = (half & 0x8000) << 16
    const exponent = half & 0x7c00
    if (exponent === 0) {
      // Zero and the subnormal: as many times the smallest, 2^-24.
      magic[0] = (half & 0x3ff) * 2 ** -24
      view[i] = sign | (magicBits[0] as number)
    } else {
      const shifted = exponent === 0x7c00 ? 0x7f800000 : (exponent << 13) + 0x38000000
      view[i] = sign | shifted | ((half & 0x3ff) << 13)
    }
  }
  return new Float32Array(view.buffer)
}

/** Numbers rounded to half precision, ties to even; what is too large becomes infinite. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const single = bits[i] as number
    const sign = (single >>> 16) & 0x8000
    const size = single & 0x7fffffff
    if (size >= 0x7f800000) out[i] = sign | 0x7c00 | (size > 0x7f800000 ? 0x200 : 0)
    else if (size >= 0x38800000) {
      // A carry out of the rounded fraction raises the exponent, up to infinity.
      const rounded = size + 0xfff + ((size >>> 13) & 1)
      out[i] = sign | Math.min(0x7c00, (rounded - 0x38000000) >>> 13)
    } else out[i] = sign | roundToEven(Math.abs(values[i] as number) * 2 ** 24)
  }
  return out
}

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
