import { describe, expect, test } from 'bun:test'
import { convertModel } from '../../../src/onnx/convert/convert-model.ts'
import { inspectOnnxBytes } from '../../../src/onnx/inspect.ts'
import type { Tensor } from '../../../src/onnx/session.ts'
import { type OnnxAttribute, onnxModel } from '../../_helpers/onnx-writer.ts'
import { deformConv } from './deform-conv.ts'
import golden from './golden/golden.json'
import { type FloatTensor, largestDifference, runModel, tensor } from './run-model.ts'

/** Of the issue: what a converted operator may differ by. */
const TOLERANCE = 1e-4

const fromGolden = ({ dims, data }: { dims: number[]; data: number[] }): Tensor => ({
  type: 'float32',
  dims,
  data: new Float32Array(data),
})
const pair = (values: readonly number[]) => values.map(BigInt)

describe('a deformable convolution', () => {
  test.each(Object.entries(golden.deformConv))('%s', async (_, of) => {
    const [batch = 0] = of.x
    const points = of.deform_groups * (of.weight[2] ?? 0) * (of.weight[3] ?? 0)
    const x = tensor(of.x, 1)
    const weight = tensor(of.weight, 2, 0.5)
    const offset = tensor([batch, points * 2, ...of.out], 3, 2.5)
    const mask = of.mask ? half(tensor([batch, points, ...of.out], 4)) : undefined
    const bias = of.bias ? tensor([of.weight[0] ?? 0], 5) : undefined
    const given = Object.entries({ x, offset, mask, weight, bias }).filter(([, value]) => value !== undefined)
    const model = onnxModel({
      opset: 11,
      domains: { mmdeploy: 1 },
      inputs: given.map(([name]) => ({ name })),
      outputs: [{ name: 'y' }],
      nodes: [
        {
          op: of.mask ? 'MMCVModulatedDeformConv2d' : 'MMCVDeformConv2d',
          domain: 'mmdeploy',
          inputs: given.map(([name]) => name),
          outputs: ['y'],
          attributes: {
            stride: pair(of.stride),
            padding: pair(of.padding),
            dilation: pair(of.dilation),
            groups: BigInt(of.groups),
            deform_groups: BigInt(of.deform_groups),
          },
        },
      ],
    })
    const { bytes, changes } = convertModel(model, 'model.onnx')
    const type = of.mask ? 'MMCVModulatedDeformConv2d' : 'MMCVDeformConv2d'
    expect([...changes]).toEqual([[`mmdeploy::${type} → DeformConv`, 1]])
    expect(inspectOnnxBytes(bytes)).toMatchObject({
      opsets: { '': 19 },
      operators: [{ domain: '', type: 'DeformConv' }],
    })
    const { y } = await runModel(bytes, Object.fromEntries(given) as Record<string, Tensor>)
    const defined = deformConv({ x, weight, offset, mask, bias }, { ...of, deformGroups: of.deform_groups })
    expect(largestDifference(y, defined)).toBeLessThan(TOLERANCE)
    expect(largestDifference(y, fromGolden(of.y))).toBeLessThan(TOLERANCE)
  })

  test('of MMCV itself is the same', () => {
    const { bytes } = convertModel(deformModel({}, 'mmcv'), 'model.onnx')
    expect(inspectOnnxBytes(bytes).operators).toEqual([{ domain: '', type: 'DeformConv' }])
  })

  test.each([
    ['stride', [1n]],
    ['padding', [1n, 1n, 1n, 1n]],
    ['deform_groups', undefined],
  ] as const)('whose `%s` is %p is refused', (name, value) => {
    expect(() => convertModel(deformModel({ [name]: value }), 'model.onnx')).toThrow(
      new RegExp(`mmdeploy::MMCVModulatedDeformConv2d\`.*\`y\`.*\`${name}\``),
    )
  })
})

const MODES = ['bilinear', 'nearest', 'bicubic']
const PADDINGS = ['zeros', 'border', 'reflection']

describe('a grid_sampler', () => {
  const cases = Object.entries(golden.gridSample)
  test.each([11, 20].flatMap((opset) => cases.map(([name, y]) => [name, opset, y] as const)))(
    '%s, of opset %d',
    async (name, opset, y) => {
      const [mode = '', padding = '', align] = name.split(' ')
      const { bytes } = convertModel(
        gridModel(opset, MODES.indexOf(mode), PADDINGS.indexOf(padding), Number(align)),
        'model.onnx',
      )
      expect(inspectOnnxBytes(bytes).operators).toEqual([{ domain: '', type: 'GridSample' }])
      const feeds = { x: tensor([2, 2, 4, 5], 1), grid: tensor([2, 3, 4, 2], 2, 1.7) }
      const computed = await runModel(bytes, feeds)
      expect(largestDifference(computed.y, fromGolden(y))).toBeLessThan(TOLERANCE)
    },
  )

  test('with a mode that PyTorch does not have is refused', () => {
    expect(() => convertModel(gridModel(11, 3, 0, 0), 'model.onnx')).toThrow(
      /grid_sampler.*`interpolation_mode`/,
    )
    expect(() => convertModel(gridModel(11, 0, 3, 0), 'model.onnx')).toThrow(/grid_sampler.*`padding_mode`/)
  })
})

function half(mask: FloatTensor): FloatTensor {
  return { ...mask, data: mask.data.map((each) => (each + 1) / 2) }
}

function deformModel(changed: Readonly<Record<string, OnnxAttribute | undefined>>, domain = 'mmdeploy') {
  const attributes = {
    stride: [1n, 1n],
    padding: [1n, 1n],
    dilation: [1n, 1n],
    groups: 1n,
    deform_groups: 1n,
    ...changed,
  }
  const inputs = ['x', 'offset', 'mask', 'weight']
  return onnxModel({
    opset: 11,
    domains: { [domain]: 1 },
    inputs: inputs.map((name) => ({ name })),
    outputs: [{ name: 'y' }],
    nodes: [
      {
        op: 'MMCVModulatedDeformConv2d',
        domain,
        inputs,
        outputs: ['y'],
        attributes: Object.fromEntries(
          Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
        ),
      },
    ],
  })
}

function gridModel(opset: number, mode: number, padding: number, align: number) {
  return onnxModel({
    opset,
    domains: { mmdeploy: 1 },
    inputs: [{ name: 'x' }, { name: 'grid' }],
    outputs: [{ name: 'y' }],
    nodes: [
      {
        op: 'grid_sampler',
        domain: 'mmdeploy',
        inputs: ['x', 'grid'],
        outputs: ['y'],
        attributes: {
          interpolation_mode: BigInt(mode),
          padding_mode: BigInt(padding),
          align_corners: BigInt(align),
        },
      },
    ],
  })
}
