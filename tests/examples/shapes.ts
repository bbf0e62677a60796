import { join, resolve } from 'node:path'
import type { Point } from '../../src/geometry/point.ts'
import { createCanvas, fillPolygon } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import { type OnnxNode, onnxModel } from '../_helpers/onnx-writer.ts'

/**
 * Makes the sample of the detection example: `bun tests/examples/shapes.ts` writes the picture and its model.
 *
 * The model is a real one in MMDeploy's layout that needs no training: it finds the red, the green and the blue thing on
 * a white page, one of each, with masks.
 */
export const SHAPES = [
  { name: 'circle', color: [224, 49, 49], points: ring(170, 150, 90) },
  {
    name: 'triangle',
    color: [47, 158, 68],
    points: [
      [470, 40],
      [590, 250],
      [350, 250],
    ],
  },
  {
    name: 'square',
    color: [25, 113, 194],
    points: [
      [320, 270],
      [420, 350],
      [340, 450],
      [240, 370],
    ],
  },
] as const satisfies readonly {
  readonly name: string
  readonly color: readonly [number, number, number]
  readonly points: readonly Point[]
}[]

export async function shapesPicture(): Promise<Uint8Array> {
  const canvas = createCanvas(640, 480, [255, 255, 255])
  for (const { points, color } of SHAPES) fillPolygon(canvas, points, color)
  return encodePng(canvas)
}

/** `input` float32 [1, 3, h, w], RGB from 0 to 1 → `dets` [1, 3, 5], `labels` [1, 3], `masks` [1, 3, h, w]. */
export function shapesModel(): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'input', shape: [1, 3, 'height', 'width'] }],
    outputs: [
      { name: 'dets', shape: [1, 3, 5] },
      { name: 'labels', type: 'int64', shape: [1, 3] },
      { name: 'masks', shape: [1, 3, 'height', 'width'] },
    ],
    nodes: [
      { op: 'Conv', inputs: ['input', 'ownColor'], outputs: ['purity'] },
      { op: 'Greater', inputs: ['purity', 'pure'], outputs: ['inside'] },
      { op: 'Cast', inputs: ['inside'], outputs: ['masks'], attributes: { to: 1n } },
      { op: 'ReduceMax', inputs: ['masks'], outputs: ['columns'], attributes: { axes: [2n] } },
      { op: 'ReduceMax', inputs: ['masks'], outputs: ['rows'], attributes: { axes: [3n] } },
      ...ofAxis('columns', 3n, 'left', 'right'),
      ...ofAxis('rows', 2n, 'top', 'bottom'),
      {
        op: 'Concat',
        inputs: ['left', 'top', 'right', 'bottom'],
        outputs: ['corners'],
        attributes: { axis: 3n },
      },
      { op: 'Cast', inputs: ['corners'], outputs: ['boxes'], attributes: { to: 1n } },
      { op: 'Mul', inputs: ['purity', 'masks'], outputs: ['purityInside'] },
      { op: 'ReduceMax', inputs: ['purityInside'], outputs: ['scores'], attributes: { axes: [2n, 3n] } },
      { op: 'Concat', inputs: ['boxes', 'scores'], outputs: ['rowsOfFive'], attributes: { axis: 3n } },
      { op: 'Reshape', inputs: ['rowsOfFive', 'listed'], outputs: ['dets'] },
      { op: 'Identity', inputs: ['numbers'], outputs: ['labels'] },
    ],
    initializers: [
      {
        name: 'ownColor',
        data: Float32Array.of(1.4, -0.7, -0.7, -0.7, 1.4, -0.7, -0.7, -0.7, 1.4),
        dims: [3, 3, 1, 1],
      },
      { name: 'pure', data: Float32Array.of(0.3), dims: [] },
      { name: 'one', data: BigInt64Array.of(1n), dims: [] },
      { name: 'listed', data: BigInt64Array.of(1n, 3n, 5n), dims: [3] },
      { name: 'numbers', data: BigInt64Array.of(0n, 1n, 2n), dims: [1, 3] },
    ],
  })
}

/** Where along an axis the first and the last thing is, the end outside. */
function ofAxis(lines: string, axis: bigint, first: string, last: string): readonly OnnxNode[] {
  return [
    { op: 'ArgMax', inputs: [lines], outputs: [first], attributes: { axis, select_last_index: 0n } },
    {
      op: 'ArgMax',
      inputs: [lines],
      outputs: [`${last}Inside`],
      attributes: { axis, select_last_index: 1n },
    },
    { op: 'Add', inputs: [`${last}Inside`, 'one'], outputs: [last] },
  ]
}

function ring(x: number, y: number, radius: number): readonly Point[] {
  return Array.from({ length: 72 }, (_, step) => {
    const angle = (step * Math.PI) / 36
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
}

if (import.meta.main) {
  const sample = resolve(import.meta.dir, '../../examples/detection/sample')
  await Bun.write(join(sample, 'shapes.png'), await shapesPicture())
  await Bun.write(join(sample, 'shapes/end2end.onnx'), shapesModel())
}
