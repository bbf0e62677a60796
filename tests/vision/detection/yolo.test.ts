import { describe, expect, test } from 'bun:test'
import type { Detection, DetectionMask } from '../../../src/vision/detection/detection.ts'
import type { ObjectDetectorOptions } from '../../../src/vision/detection/object-detector.ts'
import { type ConstantModel, constantModel, filled } from './constant-model.ts'
import { writeManifest } from './manifest.ts'
import { float, rectangleFinder, whole } from './rectangle-finder.ts'
import { BLUE, detectWith, distance, RED, scene, sidesOf, withDetector } from './scene.ts'

/** In a tensor of 64 × 64 it is half as large, in the middle: from row 16 on. */
const image = scene(128, 64, [])
/** Boxes that grids of 8, 16 and 32 pixels have in such a tensor. */
const CELLS = 84

const names = "{0: 'person', 1: \"dog's\", 2: 'tree'}"
const marked = { names, stride: '32', imgsz: '[64, 64]' }

function model(
  dims: readonly number[],
  data: Float32Array | undefined,
  changed: Partial<ConstantModel> = {},
): Uint8Array {
  return constantModel({
    metadata: marked,
    ...changed,
    outputs: [{ name: 'output0', dims, ...(data && { data }) }, ...(changed.outputs ?? [])],
  })
}

async function detect(bytes: Uint8Array, options: ObjectDetectorOptions = {}): Promise<readonly Detection[]> {
  const [found = []] = await detectWith(bytes, [image], options)
  return found
}

/** Numbers of one box in a column of `[1, numbers, boxes]`. */
function columns(
  numbers: number,
  boxes: number,
  ...of: readonly (readonly [box: number, values: readonly number[]])[]
) {
  const dims = [1, numbers, boxes]
  const runs = of.flatMap(([box, values]) => values.map((value, n) => [[0, n, box], [value]] as const))
  return filled(dims, ...runs)
}

/** Around (32, 32) of the tensor, 16 × 8 pixels: in the image around (64, 32), 32 × 16 pixels. */
const middle = [32, 32, 16, 8]
const middleSides = [48, 24, 80, 40]

describe.each([
  [
    'v5',
    [1, 3 * CELLS, 8],
    filled(
      [1, 3 * CELLS, 8],
      [
        [0, 9, 0],
        [...middle, 0.9, 0.1, 0.8, 0.3],
      ],
    ),
    0.72,
  ],
  ['v8', [1, 7, CELLS], columns(7, CELLS, [9, [...middle, 0.1, 0.8, 0.3]]), 0.8],
  [
    'end to end',
    [1, 300, 6],
    filled(
      [1, 300, 6],
      [
        [0, 0, 0],
        [24, 28, 40, 36, 0.8, 1],
      ],
    ),
    0.8,
  ],
] as const)('a model of the layout of %s', (_, dims, data, score) => {
  const bytes = model(dims, data)

  test('is recognized with the names of its classes', async () => {
    const [family, classes] = await withDetector(bytes, {}, (detector) => [detector.family, detector.classes])
    expect(family).toBe('yolo')
    expect(classes).toEqual(['person', "dog's", 'tree'])
  })

  test('has one box in pixels of the image, of its best class', async () => {
    expect(await detect(bytes)).toEqual([
      {
        box: { left: 48, top: 24, right: 80, bottom: 40 },
        score: expect.closeTo(score, 5),
        classIndex: 1,
      },
    ])
  })
})

test('boxes of v5 that are no object are none, however sure of their class', async () => {
  const dims = [1, 3 * CELLS, 8]
  expect(
    await detect(
      model(
        dims,
        filled(dims, [
          [0, 9, 0],
          [...middle, 0.1, 0, 1, 0],
        ]),
      ),
    ),
  ).toEqual([])
})

describe('without names of classes', () => {
  const metadata = {}

  test.each([
    ['three boxes a cell', [1, 3 * CELLS, 8]],
    ['columns of one box a cell', [1, 7, CELLS]],
    ['columns of four grids', [1, 7, CELLS + 1]],
    ['columns of fine grids', [1, 7, CELLS + 256]],
  ])('%s tell that it is a YOLO, and how many classes it has', async (_, dims) => {
    const bytes = model(dims, undefined, { metadata })
    const read = withDetector(bytes, { classes: ['a', 'b', 'c'] }, ({ family, classes }) => [family, classes])
    expect(await read).toEqual(['yolo', ['a', 'b', 'c']])
    await expect(detect(bytes)).rejects.toThrow('`80` classes')
  })

  test.each([
    ['300 boxes of six numbers', [1, 300, 6]],
    ['rows of another number', [1, 3 * CELLS + 1, 8]],
    ['columns of another number', [1, 7, CELLS - 1]],
    ['columns without classes', [1, 4, CELLS]],
  ])('%s could be anything', async (_, dims) => {
    const bytes = model(dims, undefined, { metadata })
    await expect(detect(bytes)).rejects.toThrow('is no object detector that lsml knows')
  })

  test('300 boxes of six numbers are read when the family is said', async () => {
    const data = filled(
      [1, 300, 6],
      [
        [0, 0, 0],
        [24, 28, 40, 36, 0.8, 7],
      ],
    )
    const found = await detect(model([1, 300, 6], data, { metadata }), { family: 'yolo' })
    expect(found).toMatchObject([{ classIndex: 7, score: expect.closeTo(0.8, 5) }])
  })
})

test('rows of one class are told from boxes with a score and a class by their number', async () => {
  const metadata = { names: "['face']" }
  const dims = [1, 3 * CELLS, 6]
  const rows = model(
    dims,
    filled(dims, [
      [0, 0, 0],
      [...middle, 0.5, 0.8],
    ]),
    { metadata },
  )
  expect(await detect(rows)).toMatchObject([{ score: expect.closeTo(0.4, 5), classIndex: 0 }])
  const final = model(
    [1, 300, 6],
    filled(
      [1, 300, 6],
      [
        [0, 0, 0],
        [24, 28, 40, 36, 0.8, 0],
      ],
    ),
    { metadata },
  )
  expect(await detect(final)).toMatchObject([{ score: expect.closeTo(0.8, 5), classIndex: 0 }])
})

test('overlapping boxes are suppressed, and those of a model that is end to end are not', async () => {
  const pair = [
    [32, 32, 16, 8, 0.1, 0.8, 0.3],
    [32, 32, 16, 9, 0.1, 0.7, 0.3],
  ] as const
  const data = columns(7, CELLS, [0, pair[0]], [1, pair[1]])
  expect(await detect(model([1, 7, CELLS], data))).toHaveLength(1)
  const dims = [1, 300, 6]
  const final = filled(dims, [
    [0, 0, 0],
    [24, 28, 40, 36, 0.8, 1, 24, 28, 40, 37, 0.7, 1],
  ])
  expect(await detect(model(dims, final))).toHaveLength(2)
})

describe('the exporter says', () => {
  const input = ['batch', 3, 'height', 'width']
  const outputs = [{ name: 'output0', type: 'float32' as const, shape: ['batch', 7, 'anchors'] }]
  /** One column: the rectangle that is bright in the red plane, as the second of three classes. */
  const finder = (metadata: Readonly<Record<string, string>>) =>
    rectangleFinder({
      shape: input,
      threshold: 0.5,
      slope: 0.9,
      outputs,
      metadata,
      head: [
        { op: 'Slice', inputs: ['corners', 'zeroth', 'second', 'lastAxis'], outputs: ['start'] },
        { op: 'Slice', inputs: ['corners', 'second', 'fourth', 'lastAxis'], outputs: ['end'] },
        { op: 'Sub', inputs: ['end', 'start'], outputs: ['extent'] },
        { op: 'Mul', inputs: ['extent', 'half'], outputs: ['halfExtent'] },
        { op: 'Add', inputs: ['start', 'halfExtent'], outputs: ['center'] },
        { op: 'Reshape', inputs: ['score', 'asScores'], outputs: ['scores'] },
        { op: 'Mul', inputs: ['scores', 'perClass'], outputs: ['classes'] },
        {
          op: 'Concat',
          inputs: ['center', 'extent', 'classes'],
          outputs: ['row'],
          attributes: { axis: 2n },
        },
        { op: 'Transpose', inputs: ['row'], outputs: ['output0'], attributes: { perm: [0n, 2n, 1n] } },
      ],
      initializers: [
        whole('zeroth', 0),
        whole('second', 2),
        whole('fourth', 4),
        whole('lastAxis', 2),
        whole('asScores', -1, 1, 1),
        float('half', 0.5),
        float('perClass', 0.1, 1, 0.2),
      ],
    })
  const picture = scene(300, 200, [
    [[30, 40, 120, 100], RED],
    [[180, 60, 270, 160], BLUE],
  ])

  test('the size of images, which lie in the middle of gray, red first, from 0 to 1', async () => {
    const bytes = finder({ names, stride: '32', imgsz: '[192, 320]' })
    const [found, dims] = await withDetector(bytes, {}, async (detector, seen) => [
      await detector.detect([picture]),
      seen,
    ])
    expect(dims).toEqual([[1, 3, 192, 320]])
    expect(found[0]).toHaveLength(1)
    expect(distance(found[0]?.[0]?.box, [30, 40, 120, 100])).toBeLessThan(3)
    expect(found[0]?.[0]).toMatchObject({ classIndex: 1, score: expect.closeTo(0.9, 2) })
  })

  test('of what both sides of images are multiples', async () => {
    const bytes = finder({ names, stride: '64' })
    await expect(detectWith(bytes, [picture], { inputSize: [320, 192] })).resolves.toHaveLength(1)
    await expect(detectWith(bytes, [picture], { inputSize: [320, 200] })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringMatching(/`320 × 200`.*multiples of 64. Give 320 × 192/),
    })
  })

  test('nothing that is evaluated: names that are no literal are none', async () => {
    const bytes = model([1, 7, CELLS], undefined, { metadata: { names: "__import__('os').listdir('/')" } })
    const classes = await withDetector(bytes, { classes: ['a', 'b', 'c'] }, (detector) => detector.classes)
    expect(classes).toEqual(['a', 'b', 'c'])
  })
})

describe('turned boxes', () => {
  const metadata = { ...marked, task: 'obb' }
  /** 16 × 8 pixels of the tensor, turned clockwise by a quarter of a right angle and a half. */
  const angle = Math.PI / 6

  test.each([
    ['v8', [1, 8, CELLS], columns(8, CELLS, [5, [...middle, 0.1, 0.8, 0.3, angle]])],
    [
      'end to end',
      [1, 300, 7],
      filled(
        [1, 300, 7],
        [
          [0, 0, 0],
          [...middle, 0.8, 1, angle],
        ],
      ),
    ],
  ])('of %s have their corners, and a box around them', async (_, dims, data) => {
    const [one, ...others] = await detect(model(dims, data, { metadata }))
    expect(others).toEqual([])
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const corner = (right: number, down: number) => [
      expect.closeTo(64 + right * 16 * cos - down * 8 * sin, 3),
      expect.closeTo(32 + right * 16 * sin + down * 8 * cos, 3),
    ]
    expect(one?.quad as unknown).toEqual([corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)])
    const [halfWidth, halfHeight] = [16 * cos + 8 * sin, 16 * sin + 8 * cos]
    expect(
      distance(one?.box, [64 - halfWidth, 32 - halfHeight, 64 + halfWidth, 32 + halfHeight]),
    ).toBeLessThan(0.01)
    expect(one).toMatchObject({ classIndex: 1, score: expect.closeTo(0.8, 5) })
  })

  test('side by side are not suppressed, though the boxes around them overlap', async () => {
    const length = [32, 32, 40, 4, 0.1, 0.8, 0.3, Math.PI / 4]
    const beside = [38, 26, 40, 4, 0.1, 0.7, 0.3, Math.PI / 4]
    const bytes = model([1, 8, CELLS], columns(8, CELLS, [0, length], [1, beside]), { metadata })
    expect(await detect(bytes, { nms: { iou: 0.3 } })).toHaveLength(2)
  })
})

describe('keypoints', () => {
  test.each([
    ['with how surely they are seen', '[2, 3]', [30, 31, 0.6, 34, 33, 0.2], [0.6, 0.2]],
    ['as sure as their box without', '(2, 2)', [30, 31, 34, 33], [0.8, 0.8]],
  ])('are in pixels of the image, %s', async (_, shape, keypoints, seen) => {
    const metadata = { names: "{0: 'person'}", task: 'pose', kpt_shape: shape }
    const numbers = 5 + keypoints.length
    const data = columns(numbers, CELLS, [3, [...middle, 0.8, ...keypoints]])
    const [one] = await detect(model([1, numbers, CELLS], data, { metadata }))
    expect(sidesOf(one?.box ?? missing)).toEqual(middleSides)
    expect(one?.keypoints).toEqual([
      { x: 60, y: 30, score: expect.closeTo(seen[0] as number, 5) },
      { x: 68, y: 34, score: expect.closeTo(seen[1] as number, 5) },
    ])
  })

  test('of a model that is end to end follow the class', async () => {
    const metadata = { names: "{0: 'person'}", task: 'pose', kpt_shape: '[1, 3]', end2end: 'True' }
    const data = filled(
      [1, 300, 9],
      [
        [0, 0, 0],
        [24, 28, 40, 36, 0.8, 0, 30, 31, 0.6],
      ],
    )
    const [one] = await detect(model([1, 300, 9], data, { metadata }))
    expect(one?.keypoints).toEqual([{ x: 60, y: 30, score: expect.closeTo(0.6, 5) }])
  })
})

describe('masks', () => {
  const metadata = { ...marked, task: 'segment' }
  /** Two prototypes of 16 × 16: the left half of the tensor, and all of it. */
  const prototypes = {
    name: 'output1',
    dims: [1, 2, 16, 16],
    data: Float32Array.from({ length: 512 }, (_, index) => (index >= 256 || index % 16 < 8 ? 1 : 0)),
  }

  test.each([
    [
      'v5',
      [1, 3 * CELLS, 10],
      filled(
        [1, 3 * CELLS, 10],
        [
          [0, 7, 0],
          [...middle, 1, 0.1, 0.8, 0.3, 4, -2],
        ],
      ),
    ],
    ['v8', [1, 9, CELLS], columns(9, CELLS, [7, [...middle, 0.1, 0.8, 0.3, 4, -2]])],
    [
      'end to end',
      [1, 300, 8],
      filled(
        [1, 300, 8],
        [
          [0, 7, 0],
          [24, 28, 40, 36, 0.8, 1, 4, -2],
        ],
      ),
    ],
  ])('of %s are where the weighted prototypes are over 0, inside the box', async (_, dims, data) => {
    const [one, ...others] = await detect(model(dims, data, { metadata, outputs: [prototypes] }))
    expect(others).toEqual([])
    expect(sidesOf(one?.box ?? missing)).toEqual(middleSides)
    // 4 · left half − 2: over 0 to the left of the middle, which lies at 64 of the image.
    expect(drawn(one?.mask)).toEqual([48, 24, 64, 40])
  })

  test('that are empty are none', async () => {
    const data = columns(9, CELLS, [7, [...middle, 0.1, 0.8, 0.3, 0, -2]])
    const [one] = await detect(model([1, 9, CELLS], data, { metadata, outputs: [prototypes] }))
    expect(one?.mask).toBeUndefined()
    expect(one?.score).toBeCloseTo(0.8, 5)
  })

  test('are kept apart for each image of a batch', async () => {
    const dims = [2, 9, CELLS]
    const box = [...middle, 0.1, 0.8, 0.3]
    const data = new Float32Array(2 * 9 * CELLS)
    data.set(columns(9, CELLS, [7, [...box, 4, -2]]), 0)
    data.set(columns(9, CELLS, [7, [...box, 0, 1]]), 9 * CELLS)
    const pair = {
      name: 'output1',
      dims: [2, 2, 16, 16],
      data: Float32Array.of(...prototypes.data, ...prototypes.data),
    }
    const bytes = model(dims, data, { metadata, outputs: [pair], input: ['batch', 3, 64, 64] })
    const found = await detectWith(bytes, [image, image], { batchSize: 2 })
    expect(found.map(([one]) => drawn(one?.mask))).toEqual([
      [48, 24, 64, 40],
      [48, 24, 80, 40],
    ])
  })
})

test('a manifest says what the metadata does not', async () => {
  const bytes = model([1, 8, CELLS], columns(8, CELLS, [5, [...middle, 0.1, 0.8, 0.3, 0]]), { metadata: {} })
  const [[one] = []] = await detectWith(bytes, [image], {}, (folder) =>
    writeManifest(folder, bytes, { family: 'yolo', classes: ['a', 'b', 'c'], postprocess: { task: 'obb' } }),
  )
  expect(one?.quad).toHaveLength(4)
  expect(one?.classIndex).toBe(1)
})

/** The rectangle that a mask is: left, top, right and bottom. */
function drawn(mask: DetectionMask | undefined): readonly number[] | undefined {
  if (mask === undefined) return undefined
  const places = [...mask.data.entries()].filter(([, value]) => value === 1).map(([place]) => place)
  const xs = places.map((place) => mask.left + (place % mask.width))
  const ys = places.map((place) => mask.top + Math.floor(place / mask.width))
  const sides = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1] as const
  expect(places).toHaveLength((sides[2] - sides[0]) * (sides[3] - sides[1]))
  return sides
}

const missing = { left: 0, top: 0, right: 0, bottom: 0 }
