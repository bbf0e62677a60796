/** Largest number of a signed byte. */
const STEPS = 127

/**
 * Features as text that is short in JSON: a byte a number, in 127ths of the largest, which comes first. So each is off by
 * at most a 254th of the largest.
 */
export function featuresToText(features: Float32Array): string {
  const most = features.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const scale = Number(most.toPrecision(6))
  const bytes = Int8Array.from(features, (value) => (scale === 0 ? 0 : Math.round((value / scale) * STEPS)))
  return `${scale}:${btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)))}`
}

/** @throws DOMException for text that is not what `featuresToText` makes */
export function featuresFromText(text: string): Float32Array {
  const [scale = '', coded = ''] = text.split(':')
  const bytes = Uint8Array.from(atob(coded), (char) => char.charCodeAt(0))
  return Float32Array.from(new Int8Array(bytes.buffer), (step) => (step / STEPS) * Number(scale))
}
