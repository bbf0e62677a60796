import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSession } from '../../../src/onnx/open-session.ts'
import type { Tensor } from '../../../src/onnx/session.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

/** Opens a model in ONNX Runtime on the CPU, runs it once, and gives back what it computed. */
export async function runModel(
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  using dir = tempDir()
  const file = join(dir.path, 'model.onnx')
  writeFileSync(file, model)
  const { session } = await openSession(file, { device: 'cpu' })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** The largest difference of two tensors of the same shape; infinite when their shapes differ. */
export function largestDifference(actual: Tensor | undefined, expected: Tensor): number {
  if (actual === undefined || actual.type !== expected.type || `${actual.dims}` !== `${expected.dims}`) {
    return Number.POSITIVE_INFINITY
  }
  let largest = 0
  for (const [index, value] of actual.data.entries()) {
    const difference = Math.abs(Number(value) - Number(expected.data[index]))
    // Not a number is no agreement, except with its like.
    if (!Number.isFinite(difference) && !Object.is(value, expected.data[index]))
      return Number.POSITIVE_INFINITY
    if (difference > largest) largest = difference
  }
  return largest
}

/**
 * Numbers between -1 and 1 that repeat nowhere near and are the same everywhere: `golden/make-golden.py` makes them by
 * the same formula.
 */
export function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, index) => ((index * 7919 + seed * 10_007) % 2003) / 1001 - 1,
  )
}

export type FloatTensor = Extract<Tensor, { type: 'float32' }>

export function tensor(dims: readonly number[], seed: number, scale = 1): FloatTensor {
  const count = dims.reduce((product, length) => product * length, 1)
  return { type: 'float32', dims, data: numbers(count, seed).map((value) => value * scale) }
}
