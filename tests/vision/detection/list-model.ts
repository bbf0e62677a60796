import { onnxModel } from '../../_helpers/onnx-writer.ts'

type Row = readonly [left: number, top: number, right: number, bottom: number, score: number, label: number]

/** A detector in MMDeploy's layout that finds the same on every image of 100 × 100. */
export function listModel(rows: readonly Row[]): Uint8Array {
  return onnxModel({
    inputs: [{ name: 'input', shape: [1, 3, 100, 100] }],
    outputs: [
      { name: 'dets', shape: [1, rows.length, 5] },
      { name: 'labels', type: 'int64', shape: [1, rows.length] },
    ],
    nodes: [
      { op: 'ReduceMin', inputs: ['input'], outputs: ['least'], attributes: { keepdims: 0n } },
      { op: 'Mul', inputs: ['least', 'nothing'], outputs: ['zero'] },
      { op: 'Add', inputs: ['rows', 'zero'], outputs: ['dets'] },
      { op: 'Identity', inputs: ['classes'], outputs: ['labels'] },
    ],
    initializers: [
      { name: 'nothing', data: Float32Array.of(0), dims: [] },
      {
        name: 'rows',
        data: Float32Array.from(rows.flatMap((row) => row.slice(0, 5))),
        dims: [1, rows.length, 5],
      },
      {
        name: 'classes',
        data: BigInt64Array.from(rows.map((row) => BigInt(row[5]))),
        dims: [1, rows.length],
      },
    ],
  })
}
