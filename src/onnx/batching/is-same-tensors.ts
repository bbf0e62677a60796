import { fromFloat16 } from '../float16.ts'
import type { Tensor } from '../session.ts'
import type { Tensors } from './rows.ts'

/**
 * Of the largest number: float16 and the TF32 of GPUs have 10 bits of fraction, and kernels for other batch sizes add up
 * in another order.
 */
const TOLERANCE = 5e-3

/** Whether two runs gave the same, up to rounding. Whole numbers must be equal. */
export function isSameTensors(a: Tensors, b: Tensors): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [a[name], b[name]]
      return one !== undefined && other !== undefined && isSame(one, other)
    })
  )
}

function isSame(a: Tensor, b: Tensor): boolean {
  if (a.type !== b.type || a.dims.length !== b.dims.length) return false
  if (a.dims.some((axis, index) => axis !== b.dims[index])) return false
  if (a.type !== 'float32' && a.type !== 'float16')
    return Array.from<number | bigint>(a.data).every((value, index) => value === b.data[index])
  const [one, other] = [toFloats(a), toFloats(b)]
  let largest = 0
  for (const value of one) if (Math.abs(value) > largest) largest = Math.abs(value)
  return one.every((value, index) => {
    const distance = Math.abs(value - (other[index] as number))
    // Equal infinities and what is no number on both sides have no distance.
    return Object.is(value, other[index]) || distance <= TOLERANCE * largest
  })
}

function toFloats(tensor: Tensor): Float32Array {
  return tensor.type === 'float16' ? fromFloat16(tensor.data) : (tensor.data as Float32Array)
}
