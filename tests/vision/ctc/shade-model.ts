import type { Image } from '../../../src/image/image.ts'
import { onnxModel } from '../../_helpers/onnx-writer.ts'

export interface ShadeModel {
  readonly shape?: readonly (number | string)[]
  /** What each class stands for. @default ['gray', 'black', 'white']: what pads a line is the first */
  readonly classes?: readonly Shade[]
  /** Columns of a step. @default 1 */
  readonly stride?: number
  readonly metadata?: Readonly<Record<string, string>>
  /** Does not say how many classes it has. */
  readonly isSilent?: boolean
  readonly input?: string
}

type Shade = 'black' | 'gray' | 'white'

/** Slope and intercept of the logit over the mean of a column, −1 for black to 1 for white. */
const LOGITS: Record<Shade, readonly [number, number]> = { black: [-10, 0], gray: [0, 4], white: [10, 0] }

/** A recognizer of shades: the logits of each column of a line tell whether it is black, gray or white. */
export function shadeModel(model: ShadeModel = {}): Uint8Array {
  const { shape = ['n', 3, 32, 'w'], classes = ['gray', 'black', 'white'], stride = 1, input = 'x' } = model
  const logits = classes.map((shade) => LOGITS[shade])
  return onnxModel({
    ...(model.metadata !== undefined && { metadata: model.metadata }),
    inputs: [{ name: input, shape }],
    outputs: [{ name: 'output', shape: [shape[0] ?? 'n', 't', model.isSilent ? 'c' : classes.length] }],
    nodes: [
      {
        op: 'ReduceMean',
        inputs: [input],
        outputs: ['columns'],
        attributes: { axes: [1n, 2n], keepdims: 0n },
      },
      { op: 'Slice', inputs: ['columns', 'zero', 'end', 'one', 'stride'], outputs: ['steps'] },
      { op: 'Unsqueeze', inputs: ['steps', 'two'], outputs: ['deep'] },
      { op: 'Mul', inputs: ['deep', 'slopes'], outputs: ['sloped'] },
      { op: 'Add', inputs: ['sloped', 'intercepts'], outputs: ['output'] },
    ],
    initializers: [
      { name: 'zero', data: BigInt64Array.of(0n), dims: [1] },
      { name: 'one', data: BigInt64Array.of(1n), dims: [1] },
      { name: 'two', data: BigInt64Array.of(2n), dims: [1] },
      { name: 'end', data: BigInt64Array.of(1_000_000n), dims: [1] },
      { name: 'stride', data: BigInt64Array.of(BigInt(stride)), dims: [1] },
      { name: 'slopes', data: Float32Array.from(logits, ([slope]) => slope), dims: [1, 1, classes.length] },
      { name: 'intercepts', data: Float32Array.from(logits, ([, b]) => b), dims: [classes.length] },
    ],
  })
}

const LEVELS: Readonly<Record<string, number>> = { b: 0, g: 127, w: 255 }

/** A picture of lines under one another, each letter a square of that shade: b, g or w. Beside the lines it is gray. */
export function shadePage(lines: readonly string[], side = 32): Image {
  const width = Math.max(...lines.map((line) => line.length)) * side
  const height = lines.length * side
  const data = new Uint8Array(width * height * 3).fill(127)
  for (const [row, line] of lines.entries())
    for (const [column, letter] of [...line].entries())
      for (let y = row * side; y < (row + 1) * side; y++)
        data.fill(LEVELS[letter] ?? 0, (y * width + column * side) * 3, (y * width + (column + 1) * side) * 3)
  return { width, height, channels: 3, data }
}
