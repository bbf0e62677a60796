import { expect, test } from 'bun:test'
import { convertModel } from '../../../src/onnx/convert/convert-model.ts'
import golden from './golden/golden.json'
import { residualBlockModel, smallDbnetModel } from './networks.ts'
import { largestDifference, runModel, tensor } from './run-model.ts'

test.each([
  [
    'a residual block with a deformable convolution',
    residualBlockModel(),
    [1, 8, 7, 9],
    golden.residualBlock,
  ],
  ['a small DBNet with one', smallDbnetModel(), [1, 3, 12, 20], golden.smallDbnet],
] as const)(
  '%s computes, converted, what PyTorch computes',
  async (_, model, dims, { dims: shape, data }) => {
    const { bytes, from, to } = convertModel(model, 'end2end.onnx')
    expect([from, to]).toEqual([11, 19])
    const { y } = await runModel(bytes, { x: tensor(dims, 1) })
    const expected = { type: 'float32', dims: shape, data: new Float32Array(data) } as const
    expect(largestDifference(y, expected)).toBeLessThan(1e-4)
    // It is no constant that would agree with anything.
    expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(0.3)
  },
)

test('what changed is counted by operator', () => {
  const { changes } = convertModel(smallDbnetModel(), 'end2end.onnx')
  expect(Object.fromEntries(changes)).toEqual({
    'mmdeploy::MMCVModulatedDeformConv2d → DeformConv': 1,
    'Split of opset 11 → 19': 1,
    'Unsqueeze of opset 11 → 19': 2,
    'Resize of opset 11 → 19': 1,
    'ReduceMean of opset 11 → 19': 1,
    'Squeeze of opset 11 → 19': 1,
  })
})
