import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import detection from '../../examples/detection/backend.ts'
import { testBackend } from '../../src/testing.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { openDetection, predictOne, sample, save, streetModel, white } from './open-detection.ts'
import { shapesModel, shapesPicture } from './shapes.ts'

describe('the smart tool', () => {
  const tags = `
    <RectangleLabels name="box" toName="image" smart="true"><Label value="circle"/><Label value="square"/></RectangleLabels>
    <KeyPointLabels name="point" toName="image" smart="true"><Label value="circle"/><Label value="square"/></KeyPointLabels>`
  const params = {
    checkpointFile: join(sample, 'shapes'),
    labelsFile: join(sample, 'shapes/classes.txt'),
  }
  const shapes = {
    id: 1,
    data: { image: `data:image/png;base64,${readFileSync(join(sample, 'shapes.png'), 'base64')}` },
  }
  const everything = { x: 0, y: 0, width: 100, height: 100 }

  test('finds what is inside, of the label that was drawn with if there is any', async () => {
    const whole = (label: string) => ask([drawn(label, everything)])
    expect(await whole('square')).toMatchObject([{ value: { rectanglelabels: ['square'] } }])
    expect(await ask([drawn('square', { x: 10, y: 10, width: 35, height: 40 })])).toMatchObject([
      { from_name: 'box', value: { rectanglelabels: ['circle'], x: expect.closeTo(12.5, 0) } },
    ])
    expect(await ask([drawn('square', { x: 1, y: 70, width: 20, height: 20 })])).toEqual([])
  })

  test('finds what lies under a point, and nothing for a negative one', async () => {
    expect(await ask([point(27, 30)])).toMatchObject([{ from_name: 'box', type: 'rectanglelabels' }])
    expect(await ask([point(27, 30, false)])).toEqual([])
    expect(await ask([point(2, 2)])).toEqual([])
  })

  test('answers the region that was drawn last, and not those that have a score already', async () => {
    const answered = { ...drawn('circle', everything), score: 0.9, origin: 'prediction' }
    expect(await ask([answered])).toEqual([])
    const last = drawn('square', everything)
    expect(await ask([drawn('circle', everything), last, answered])).toMatchObject([
      { value: { rectanglelabels: ['square'] } },
    ])
  })

  async function ask(result: readonly object[]) {
    await using tested = await openDetection(tags, params)
    return await predictOne(tested, shapes, result)
  }
})

test('a page after the other of an image list has its regions', async () => {
  const labelConfig = `<View><Image name="pages" valueList="$pages"/>
    <RectangleLabels name="box" toName="pages"><Label value="person"/></RectangleLabels></View>`
  using folder = tempDir()
  const checkpointFile = save(folder.path, 'street.onnx', streetModel())
  await using tested = await testBackend(detection, { labelConfig, params: { checkpointFile } })
  const [prediction] = await tested.predict([{ id: 1, data: { pages: [white, white] } }])
  expect(prediction?.result).toMatchObject([{ item_index: 0 }, { item_index: 1 }])
})

test('the sample is what its script makes', async () => {
  expect(Buffer.from(shapesModel()).equals(readFileSync(join(sample, 'shapes/end2end.onnx')))).toBe(true)
  expect(Buffer.from(await shapesPicture()).equals(readFileSync(join(sample, 'shapes.png')))).toBe(true)
})

function drawn(label: string, value: object): object {
  return {
    from_name: 'box',
    to_name: 'image',
    type: 'rectanglelabels',
    value: { ...value, rectanglelabels: [label] },
  }
}

function point(x: number, y: number, is_positive = true): object {
  return {
    from_name: 'point',
    to_name: 'image',
    type: 'keypointlabels',
    is_positive,
    value: { x, y, width: 0.3, keypointlabels: ['circle'] },
  }
}
