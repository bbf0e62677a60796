import { afterAll, describe, expect, test } from 'bun:test'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { listModel } from '../vision/detection/list-model.ts'
import { openDetection, predictOne, regionsOf, save, streetModel } from './open-detection.ts'

const folder = tempDir()
afterAll(() => folder[Symbol.dispose]())
const street = save(folder.path, 'street.onnx', streetModel())

describe('several control tags', () => {
  const tags = `
    <RectangleLabels name="cars" toName="image" model_score_threshold="0.7"><Label value="car"/></RectangleLabels>
    <RectangleLabels name="all" toName="image"><Label value="Road user" predicted_values="person, car"/></RectangleLabels>`

  test('show each its own classes, from its own score on', async () => {
    expect(await regionsOf(tags, { checkpointFile: street })).toMatchObject([
      { from_name: 'cars', score: expect.closeTo(0.9), value: { rectanglelabels: ['car'], x: 10, y: 20 } },
      { from_name: 'all', score: expect.closeTo(0.9), value: { rectanglelabels: ['Road user'] } },
      { from_name: 'all', score: expect.closeTo(0.8), value: { x: 40, y: 10, width: 5, height: 20 } },
      { from_name: 'all', score: expect.closeTo(0.6) },
    ])
  })

  test('may say score_threshold alone, which goes behind model_score_threshold', async () => {
    const older = tags.replace('model_score', 'score')
    expect(await regionsOf(older, { checkpointFile: street })).toHaveLength(4)
    const both = tags.replace(
      'model_score_threshold="0.7"',
      'score_threshold="0.7" model_score_threshold="0.95"',
    )
    expect(await regionsOf(both, { checkpointFile: street })).toHaveLength(3)
  })

  test('have each its own model, and are left alone with model_skip', async () => {
    const other = save(folder.path, 'other.onnx', listModel([[1, 2, 3, 4, 0.5, 0]]))
    const own = `
      <RectangleLabels name="cars" toName="image"><Label value="car"/></RectangleLabels>
      <RectangleLabels name="own" toName="image" model_path="${other}"><Label value="person"/></RectangleLabels>
      <RectangleLabels name="idle" toName="image" model_skip="true" model_path="none.onnx"><Label value="x"/></RectangleLabels>`
    expect((await regionsOf(own, { checkpointFile: street })).map((region) => region.from_name)).toEqual([
      'cars',
      'cars',
      'own',
    ])
    await using alone = await openDetection(own.replace('name="cars"', 'name="cars" model_skip="true"'))
    expect(await predictOne(alone)).toMatchObject([{ from_name: 'own', value: { x: 1, y: 2 } }])
  })

  test('none of which can take detections are answered with what to add', async () => {
    await expect(openDetection('<TextArea name="t" toName="image"/>')).rejects.toThrow('<RectangleLabels')
    const skipped = tags.replaceAll('name=', 'model_skip="true" name=')
    await expect(openDetection(skipped, { checkpointFile: street })).rejects.toThrow('No control tag')
  })
})

describe('labels', () => {
  test('that stand for no class are answered with the classes of the model and the labels', async () => {
    await expect(openDetection(boxes('zebu'), { checkpointFile: street })).rejects.toMatchObject({
      code: 'INVALID_LABEL_CONFIG',
      message: expect.stringMatching(/`zebu`.*`street\.onnx`.*`person`, `bicycle`, `car`/s),
    })
  })

  test('are told with their classes when the project is set up', async () => {
    const log = createRecordingLogger()
    await using tested = await openDetection(boxes('Car'), { checkpointFile: street }, { log })
    expect(await predictOne(tested)).toHaveLength(2)
    expect(log.lines).toContainEqual(
      expect.stringContaining('RectangleLabels `box` shows 1 of 80 classes of `street.onnx`: car as Car'),
    )
  })

  test('come from a JSON file, as for the Python backend, or its classes do', async () => {
    const labelsFile = save(
      folder.path,
      'labels.json',
      JSON.stringify({ car: 'Auto', zebra: 'Auto', person: 'Mensch' }),
    )
    expect(await regionsOf(boxes('Auto'), { checkpointFile: street, labelsFile })).toMatchObject([
      { value: { rectanglelabels: ['Auto'] } },
      { value: { rectanglelabels: ['Auto'] } },
    ])
    const classes = save(folder.path, 'classes.json', JSON.stringify(['human', 'bike', 'lorry']))
    expect(await regionsOf(boxes('human'), { checkpointFile: street, labelsFile: classes })).toHaveLength(1)
    const wrong = save(folder.path, 'wrong.json', '{"car": 1}')
    await expect(openDetection(boxes('car'), { checkpointFile: street, labelsFile: wrong })).rejects.toThrow(
      /`labels_file`.*wrong\.json/,
    )
  })

  test('that come with each task are the classes', async () => {
    const dynamic = '<RectangleLabels name="box" toName="image" value="$labels"/>'
    const found = await regionsOf(dynamic, { checkpointFile: street })
    expect(found.map(({ value }) => (value as { rectanglelabels: unknown }).rectanglelabels)).toEqual([
      ['car'],
      ['person'],
      ['bicycle'],
      ['car'],
    ])
  })
})

describe('a model', () => {
  const tag = '<RectangleLabels name="box" toName="image"><Label value="car"/></RectangleLabels>'

  test('that is not given is answered with how to get one', async () => {
    await expect(openDetection(tag)).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining('lsml models pull yolox-nano'),
    })
  })

  test('that is a checkpoint of MMDetection is answered with the command that exports it', async () => {
    const params = { config_file: 'faster-rcnn_r50_fpn_1x_coco.py', checkpoint_file: '/m/faster_rcnn.pth' }
    const command = /python tools\/deploy\.py[^]*faster-rcnn_r50_fpn_1x_coco\.py[^]*\/m\/faster_rcnn\.pth/
    await expect(openDetection(tag, params)).rejects.toThrow(command)
    const choice = '<Choices name="c" toName="image"><Choice value="car"/></Choices>'
    await expect(openDetection(choice, params)).rejects.toThrow(command)
  })

  test('that gives no masks, keypoints or turned boxes is named with what to change', async () => {
    const label = '<Label value="car" model_index="0"/>'
    for (const [tag, what] of [
      [`<BrushLabels name="b" toName="image">${label}</BrushLabels>`, 'BrushLabels `b` needs masks'],
      [`<KeyPointLabels name="k" toName="image">${label}</KeyPointLabels>`, '`k` needs keypoints'],
      [
        `<RectangleLabels name="r" toName="image" model_obb="true">${label}</RectangleLabels>`,
        'needs turned boxes',
      ],
    ] as const)
      await expect(regionsOf(tag, { checkpointFile: street })).rejects.toThrow(what)
  })

  test('without masks gives polygons the corners of its boxes', async () => {
    const outline = '<PolygonLabels name="p" toName="image"><Label value="person"/></PolygonLabels>'
    expect(await regionsOf(outline, { checkpointFile: street })).toMatchObject([
      {
        value: {
          points: [
            [40, 10],
            [45, 10],
            [45, 30],
            [40, 30],
          ],
        },
      },
    ])
  })
})

function boxes(label: string): string {
  return `<RectangleLabels name="box" toName="image"><Label value="${label}"/></RectangleLabels>`
}
