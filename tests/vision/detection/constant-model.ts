import { onnxModel } from '../../_helpers/onnx-writer.ts'

export interface ConstantModel {
  /** @default [1, 3, 64, 64] */
  readonly input?: readonly (number | string)[]
  readonly outputs: readonly {
    readonly name: string
    readonly dims: readonly number[]
    /** As the model declares it. @default dims */
    readonly shape?: readonly (number | string)[]
    /** @default zeros */
    readonly data?: Float32Array
  }[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** A model that answers the same whatever it is shown. */
export function constantModel({ input = [1, 3, 64, 64], outputs, metadata = {} }: ConstantModel): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'images', shape: input }],
    outputs: outputs.map(({ name, dims, shape = dims }) => ({ name, shape })),
    nodes: outputs.map(({ name }) => ({ op: 'Identity', inputs: [`${name}.value`], outputs: [name] })),
    initializers: outputs.map(({ name, dims, data }) => ({
      name: `${name}.value`,
      dims,
      data: data ?? new Float32Array(dims.reduce((product, length) => product * length, 1)),
    })),
    metadata,
  })
}

/** Zeros of a shape, with runs of numbers from some places on. */
export function filled(
  dims: readonly number[],
  ...runs: readonly (readonly [place: readonly number[], values: readonly number[]])[]
): Float32Array {
  const data = new Float32Array(dims.reduce((product, length) => product * length, 1))
  for (const [place, values] of runs)
    data.set(
      values,
      place.reduce((index, at, axis) => index * (dims[axis] as number) + at, 0),
    )
  return data
}
