import { expect, test } from 'bun:test'
import { toProbabilityMaps } from '../../../src/vision/dbnet/probability-map.ts'

const tensor = (dims: readonly number[]) => ({
  type: 'float32' as const,
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, at) => at),
})

test.each([
  [[3, 4], 1],
  [[1, 3, 4], 1],
  [[2, 3, 4], 2],
  [[1, 1, 3, 4], 1],
  [[2, 1, 3, 4], 2],
])('a tensor of %j has %d maps', (dims, count) => {
  const maps = toProbabilityMaps(tensor(dims))
  expect(maps).toHaveLength(count)
  for (const [index, map] of maps.entries()) {
    expect(map).toMatchObject({ width: 4, height: 3 })
    expect([...map.data]).toEqual(Array.from({ length: 12 }, (_, at) => index * 12 + at))
  }
})

test.each([[[1, 2, 3, 4]], [[12]], [[1, 1, 1, 3, 4]]])('a tensor of %j is no map', (dims) => {
  expect(() => toProbabilityMaps(tensor(dims), 'x.onnx')).toThrow(
    `\`x.onnx\` answered \`float32 [${dims.join(', ')}]\``,
  )
})

test('a tensor of whole numbers is no map', () => {
  const labels = { type: 'int64' as const, dims: [1, 2], data: new BigInt64Array(2) }
  expect(() => toProbabilityMaps(labels)).toThrow('int64 [1, 2]')
})
