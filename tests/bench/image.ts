/** Decoding and tensors beside jimp: `bun tests/bench/image.ts`. Milliseconds are medians; trust the ratios. */
import { decode } from '../../src/image/decode.ts'
import { encodePng } from '../../src/image/encode.ts'
import type { Image } from '../../src/image/image.ts'
import { resizeToTensor } from '../../src/image/resize.ts'
import { createNormalization, newBlock } from '../../src/image/tensor.ts'
import { warpToTensor } from '../../src/image/warp.ts'

const ROUNDS = 7
const normalization = createNormalization({
  order: 'bgr',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
})

async function median(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const begun = performance.now()
    await work()
    times.push(performance.now() - begun)
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1] as number
}

function page(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = (i >> 6) & 64 ? 40 : 200 + (i % 50)
  return { width, height, channels: 3, data }
}

for (const [width, height] of [
  [1000, 1400],
  [1920, 1200],
  [3000, 4000],
] as const) {
  const image = page(width, height)
  const jpeg = await new Bun.Image(await encodePng(image)).jpeg({ quality: 85 }).bytes()
  const times: Record<string, number> = {}
  for (const decoder of ['bun', 'sharp', 'jimp'] as const)
    times[decoder] = await median(() => decode(jpeg, { decoders: [decoder] }))
  const block = newBlock(normalization, 736, 1504)
  const tensor = await median(() => resizeToTensor(image, 736, 1504, normalization, block))
  const jimp = times.jimp as number
  for (const [decoder, ms] of Object.entries(times))
    console.log(
      `${width} × ${height} JPEG, ${decoder}: ${ms.toFixed(1)} ms, ${(jimp / ms).toFixed(1)} times jimp's speed`,
    )
  console.log(`${width} × ${height} to a 736 × 1504 tensor: ${tensor.toFixed(1)} ms`)
}

const batch = new Float32Array(60 * 3 * 48 * 320)
const source = page(1920, 1200)
const crops = await median(() => {
  for (let i = 0; i < 60; i++)
    warpToTensor(
      source,
      [
        [100 + i, 100],
        [500, 110],
        [505, 160],
        [95, 150],
      ],
      320,
      48,
      normalization,
      { data: batch, offset: i * 3 * 48 * 320, width: 320, height: 48 },
    )
})
console.log(`60 crops of 48 × 320: ${crops.toFixed(1)} ms`)
