import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { convertModel } from '../../../src/onnx/convert/convert-model.ts'
import type { Tensor } from '../../../src/onnx/session.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { largestDifference, runModel, tensor } from './run-model.ts'

const sizes: Tensor = { type: 'int64', dims: [1, 2], data: BigInt64Array.of(320n, 320n) }

/** Exports of four frameworks, all of opset 11 but the last, of 17. */
const MODELS = [
  ['object-detection/rtmdet_nano.onnx', 'input', [1, 3, 320, 320], {}],
  ['object-detection/nanodet_m_320.onnx', 'input.1', [1, 3, 320, 320], {}],
  ['object-detection/yolox_nano_0.1.1rc0_official.onnx', 'images', [1, 3, 416, 416], {}],
  ['object-detection/picodet_s_320_coco.onnx', 'image', [1, 3, 320, 320], {}],
  ['text-detection/en_PP-OCRv3_det_infer.onnx', 'x', [1, 3, 160, 96], {}],
  ['text-recognition/en_number_mobile_v2.0_rec_infer.onnx', 'x', [2, 3, 32, 120], {}],
  ['text-orientation/ch_ppocr_mobile_v2.0_cls_mobile.rapidocr.onnx', 'x', [2, 3, 48, 192], {}],
  [
    'object-detection/deimv2_hgnetv2_atto_coco.onnx',
    'images',
    [1, 3, 320, 320],
    { orig_target_sizes: sizes },
  ],
] as const

for (const [name, input, dims, others] of MODELS) {
  const path = sharedPath('models', name)
  test.skipIf(path === undefined)(`${name} computes the same after the upgrade (needs shared/)`, async () => {
    const model = readFileSync(path ?? '')
    const { bytes, from, to } = convertModel(model, name)
    expect(to).toBeGreaterThan(from)
    const feeds = { [input]: tensor(dims, 1), ...others }
    const before = await runModel(model, feeds)
    const after = await runModel(bytes, feeds)
    for (const [output, expected] of Object.entries(before)) {
      expect({ output, difference: largestDifference(after[output], expected) / scaleOf(expected) }).toEqual({
        output,
        difference: expect.closeTo(0, 5),
      })
    }
  })
}

/** Coordinates are in pixels, and scores at most 1. */
function scaleOf({ data }: Tensor): number {
  let largest = 1
  for (const value of data) largest = Math.max(largest, Math.abs(Number(value)))
  return largest
}
