import { afterAll, describe, expect, test } from 'bun:test'
import { tempDir } from '../_helpers/temp-dir.ts'
import { constantModel, filled } from '../vision/detection/constant-model.ts'
import { openDetection, regionsOf, save, streetModel, task } from './open-detection.ts'

const folder = tempDir()
afterAll(() => folder[Symbol.dispose]())
const street = save(folder.path, 'street.onnx', streetModel())

describe('turned boxes', () => {
  const angle = Math.PI / 6
  const turned = save(
    folder.path,
    'obb.onnx',
    yolo([48, 32, 20, 10, 0.8, angle], "{0: 'ship'}", { task: 'obb' }),
  )

  test('are turned rectangles, or with model_obb="false" the upright ones around them', async () => {
    const [box] = await regionsOf(ships('model_obb="true"'), { checkpointFile: turned })
    expect(box?.value).toMatchObject({ rotation: expect.closeTo(30, 2), width: expect.closeTo(31.25, 2) })
    expect(await regionsOf(ships(), { checkpointFile: turned })).toMatchObject([{ value: box?.value }])
    const [upright] = await regionsOf(ships('model_obb="false"'), { checkpointFile: turned })
    const width = (20 * Math.cos(angle) + 10 * Math.sin(angle)) / 0.64
    expect(upright?.value).toMatchObject({ rotation: 0, width: expect.closeTo(width, 2) })
  })
})

test('an object whose mask is empty has no brush, and the others keep theirs', async () => {
  const cells = 84
  const dims = [1, 7, cells]
  // Each row has a box, a score, and how much of each of two prototypes makes its mask.
  const rows = [
    [16, 16, 8, 8, 0.9, 1, 0],
    [48, 48, 8, 8, 0.8, -1, 0],
  ]
  const runs = rows.flatMap((row, cell) => row.map((value, at) => [[0, at, cell], [value]] as const))
  const segmenter = save(
    folder.path,
    'segment.onnx',
    constantModel({
      outputs: [
        { name: 'output0', dims, data: filled(dims, ...runs) },
        { name: 'output1', dims: [1, 2, 16, 16], data: new Float32Array(2 * 16 * 16).fill(9) },
      ],
      metadata: { names: "{0: 'leaf'}", task: 'segment' },
    }),
  )
  const tags = ['BrushLabels', 'RectangleLabels'].map(
    (tag) => `<${tag} name="${tag}" toName="image"><Label value="leaf"/></${tag}>`,
  )
  const found = await regionsOf(tags.join(''), { checkpointFile: segmenter })
  expect(found.map(({ from_name: name, score }) => [name, score?.toFixed(1)])).toEqual([
    ['BrushLabels', '0.9'],
    ['RectangleLabels', '0.9'],
    ['RectangleLabels', '0.8'],
  ])
})

describe('keypoints', () => {
  const points = [30, 31, 0.9, 34, 33, 0.2]
  const pose = save(
    folder.path,
    'pose.onnx',
    yolo([32, 32, 16, 8, 0.8, ...points], "{0: 'person'}", { task: 'pose', kpt_shape: '[2, 3]' }),
  )

  test('are parts of the box of their body', async () => {
    const [body, ...parts] = await regionsOf(skeleton(), { checkpointFile: pose })
    expect(body).toMatchObject({ from_name: 'part_bbox', value: { rectanglelabels: ['person'], x: 37.5 } })
    expect(parts).toMatchObject([
      {
        from_name: 'part',
        parentID: body?.id,
        score: expect.closeTo(0.9),
        value: { keypointlabels: ['Nose'], x: expect.closeTo(46.875), width: 1 },
      },
      { from_name: 'part', parentID: body?.id, value: { keypointlabels: ['Eye'] } },
    ])
  })

  test('are left out below model_point_threshold, and stand alone without model_add_bboxes', async () => {
    const attributes = 'model_point_threshold="0.5" model_add_bboxes="false" model_point_size="3"'
    const [nose, ...others] = await regionsOf(skeleton(attributes), { checkpointFile: pose })
    expect(nose?.value).toMatchObject({ keypointlabels: ['Nose'], width: 3 })
    expect(nose).not.toHaveProperty('parentID')
    expect(others).toEqual([])
  })

  test('need a model_index that is a number, and classes that the model has', async () => {
    const number = skeleton().replace('model_index="0"', 'model_index="nose"')
    await expect(openDetection(number, { checkpointFile: pose })).rejects.toThrow('`model_index="nose"`')
    const name = skeleton().replace('predicted_values="person"', 'predicted_values="cat"')
    await expect(openDetection(name, { checkpointFile: pose })).rejects.toThrow('`person`')
  })
})

describe('choices about the whole image', () => {
  test('of a detector are the best class that it sees, or all', async () => {
    expect(await regionsOf(choice(), { checkpointFile: street })).toMatchObject([
      { type: 'choices', value: { choices: ['car'] }, score: expect.closeTo(0.9) },
    ])
    const several = await regionsOf(choice('choice="multiple"'), { checkpointFile: street })
    expect(several).toMatchObject([{ value: { choices: ['car', 'people'] } }])
    expect(await regionsOf(choice(), { checkpointFile: street, scoreThreshold: 0.95 })).toEqual([])
  })

  test('of a classifier are those of its probabilities', async () => {
    const dims = [1, 3]
    const classifier = save(
      folder.path,
      'classifier.onnx',
      constantModel({
        outputs: [{ name: 'output0', dims, data: Float32Array.of(0.25, 0.15, 0.6) }],
        metadata: { names: "{0: 'car', 1: 'bus', 2: 'person'}", task: 'classify' },
      }),
    )
    expect(await regionsOf(choice(), { checkpointFile: classifier })).toMatchObject([
      { value: { choices: ['people'] }, score: expect.closeTo(0.6) },
    ])
  })
})

describe('the score of a task', () => {
  const tag = '<RectangleLabels name="box" toName="image"><Label value="car"/></RectangleLabels>'

  test('is the mean of those of its regions, 0 where nothing was found', async () => {
    await using found = await openDetection(tag, { checkpointFile: street })
    expect((await found.predict([task]))[0]?.score).toBeCloseTo(0.75)
    await using nothing = await openDetection(tag, { checkpointFile: street, scoreThreshold: 0.95 })
    expect((await nothing.predict([task]))[0]).toMatchObject({ score: 0, result: [] })
  })
})

function ships(attributes = ''): string {
  return `<RectangleLabels name="box" toName="image" ${attributes}><Label value="ship"/></RectangleLabels>`
}

function skeleton(attributes = ''): string {
  return `
    <KeyPointLabels name="part" toName="image" ${attributes}>
      <Label value="Nose" model_index="0"/><Label value="Eye" model_index="1" predicted_values="person"/>
    </KeyPointLabels>
    <RectangleLabels name="part_bbox" toName="image"><Label value="person"/></RectangleLabels>`
}

function choice(attributes = ''): string {
  return `
    <Choices name="shows" toName="image" ${attributes}>
      <Choice value="car"/><Choice value="people" predicted_values="person"/>
    </Choices>`
}

/** A model of 64 × 64 in the layout of YOLOv8 with one row that is not zero. */
function yolo(numbers: readonly number[], names: string, metadata: Record<string, string>): Uint8Array {
  const cells = 84
  const dims = [1, numbers.length, cells]
  const runs = numbers.map((value, row) => [[0, row, 3], [value]] as const)
  const outputs = [{ name: 'output0', dims, data: filled(dims, ...runs) }]
  return constantModel({ outputs, metadata: { names, ...metadata } })
}
