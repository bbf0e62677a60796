import { LsmlError } from '../../errors.ts'
import { fromFloat16, toFloat16 } from '../../onnx/float16.ts'
import type { Tensor, TensorInfo } from '../../onnx/session.ts'

export type Outputs = Readonly<Record<string, Tensor>>

/** Whether a model computes with these numbers, in single or half precision. */
export function isFloat({ type }: TensorInfo): boolean {
  return type === 'float32' || type === 'float16'
}

/** Whether it may hold labels. */
export function isInteger({ type }: TensorInfo): boolean {
  return type === 'int64' || type === 'int32'
}

/** Whether a declared shape can be this one; `undefined` stands for any length, and a shape that is not said fits. */
export function fitsShape({ shape }: TensorInfo, ...axes: readonly (number | undefined)[]): boolean {
  if (shape === undefined) return true
  return (
    shape.length === axes.length &&
    shape.every(
      (length, axis) => typeof length !== 'number' || axes[axis] === undefined || length === axes[axis],
    )
  )
}

/** Floats of a model's input, in the precision that it takes. */
export function floatTensor(
  { type }: Pick<TensorInfo, 'type'>,
  data: Float32Array,
  dims: readonly number[],
): Tensor {
  return type === 'float16' ? { type, data: toFloat16(data), dims } : { type: 'float32', data, dims }
}

/** An output of floats, whatever their precision. @throws LsmlError INVALID_MODEL */
export function readFloats(outputs: Outputs, name: string): { data: Float32Array; dims: readonly number[] } {
  const tensor = output(outputs, name)
  if (tensor.type === 'float32') return tensor
  if (tensor.type === 'float16') return { data: fromFloat16(tensor.data), dims: tensor.dims }
  throw new LsmlError(
    'INVALID_MODEL',
    `The model's output \`${name}\` is \`${tensor.type}\`, and floats are expected. Check its family.`,
  )
}

/** Values of masks, as probabilities or as 0 and 1. */
export interface Maps {
  readonly data: Float32Array | Uint8Array
  readonly dims: readonly number[]
}

/** An output of masks. @throws LsmlError INVALID_MODEL */
export function readMaps(outputs: Outputs, name: string): Maps {
  const tensor = output(outputs, name)
  return tensor.type === 'bool' || tensor.type === 'uint8' ? tensor : readFloats(outputs, name)
}

/** An output of whole numbers, such as labels; some exporters write them as floats. @throws LsmlError INVALID_MODEL */
export function readIntegers(outputs: Outputs, name: string): { data: Int32Array; dims: readonly number[] } {
  const tensor = output(outputs, name)
  if (tensor.type === 'int32') return tensor
  const { dims } = tensor
  if (tensor.type === 'int64') return { data: Int32Array.from(tensor.data, Number), dims }
  return { data: Int32Array.from(readFloats(outputs, name).data, Math.round), dims }
}

function output(outputs: Outputs, name: string): Tensor {
  const tensor = outputs[name]
  if (tensor !== undefined) return tensor
  throw new LsmlError(
    'INVALID_MODEL',
    `The model gave no output \`${name}\`, only ${Object.keys(outputs).join(', ')}. Check the names in its manifest.`,
  )
}
