import { LsmlError } from '../../errors.ts'
import type { Tensor } from '../session.ts'

export type Tensors = Readonly<Record<string, Tensor>>

/** The length of axis 0 that all tensors share; undefined when they do not, or have no axes. */
export function countRows(tensors: Tensors): number | undefined {
  const counts = new Set(Object.values(tensors).map(({ dims }) => dims[0]))
  const [count] = counts
  return counts.size === 1 ? count : undefined
}

/** Tensors of the same names, types and axes but the first, one after the other along it. */
export function joinRows(parts: readonly Tensors[]): Tensors {
  const [first = {}] = parts
  return Object.fromEntries(
    Object.keys(first).map((name) => [name, joinTensors(parts.flatMap((part) => part[name] ?? []))]),
  )
}

/** Rows from `start` up to `end`, as views. */
export function sliceRows(tensors: Tensors, start: number, end: number): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { type, data, dims }]) => {
      const size = dims.slice(1).reduce((product, axis) => product * axis, 1)
      const part = {
        type,
        data: data.subarray(start * size, end * size),
        dims: [end - start, ...dims.slice(1)],
      }
      return [name, part as Tensor]
    }),
  )
}

function joinTensors(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors
  if (first === undefined) throw new LsmlError('INTERNAL', 'No tensors to join.')
  const length = tensors.reduce((sum, { data }) => sum + data.length, 0)
  const data = new (first.data.constructor as new (length: number) => Tensor['data'])(length)
  let offset = 0
  for (const tensor of tensors) {
    data.set(tensor.data as never, offset)
    offset += tensor.data.length
  }
  const rows = tensors.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0)
  return { type: first.type, data, dims: [rows, ...first.dims.slice(1)] } as Tensor
}
