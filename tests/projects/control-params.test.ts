import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { defineBackend } from '../../src/backend.ts'
import { readControlParams } from '../../src/projects/control-params.ts'
import { parseBackend } from '../../src/projects/parse-backend.ts'
import { testBackend } from '../../src/testing.ts'
import { imageConfig } from '../_helpers/labeling.ts'

const controlParams = z.object({
  path: z.string().optional(),
  scoreThreshold: z.number().max(1).optional(),
  skip: z.boolean().default(false),
})

describe('a control tag', () => {
  test('gives its own params as typed attributes, and has the defaults of the others', () => {
    expect(read('model_score_threshold="0.7" model_skip="true" model_other="x" choice="single"')).toEqual({
      scoreThreshold: 0.7,
      skip: true,
    })
    expect(read('')).toEqual({ skip: false })
  })

  test('is named with the attribute that is wrong', () => {
    expect(() => read('model_score_threshold="7"')).toThrow(
      /`model_score_threshold` of the control tag `boxes`/,
    )
  })

  test('may differ from the next in what is its own, and in nothing else', async () => {
    const backend = defineBackend({
      params: z.object({ device: z.string().default('auto') }),
      controlParams,
      setup: ({ labeling, params }) => ({
        device: params.device,
        paths: labeling.controls.map((control) => readControlParams(control, controlParams).path),
      }),
      predict: (tasks, { model }) => {
        expect(model).toEqual({ device: 'cpu', paths: ['a.onnx', 'b.onnx'] })
        return tasks.map(() => ({ result: [] }))
      },
    })
    await using tested = await testBackend(backend, { labelConfig: twoControls('cpu') })
    expect(await tested.predict([{ data: {} }])).toHaveLength(1)
    await expect(testBackend(backend, { labelConfig: twoControls('cuda') })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
    })
  })
})

test('a backend’s `controlParams` must be a schema', () => {
  const { predict } = defineBackend({ predict: (tasks) => tasks.map(() => ({ result: [] })) })
  expect(() => parseBackend({ predict, controlParams: { skip: true } }, 'x.ts')).toThrow('`controlParams`')
  expect(() => parseBackend({ predict, controlparams: controlParams }, 'x.ts')).toThrow(
    'did you mean `controlParams`',
  )
})

function read(attributes: string) {
  const config = imageConfig(`<RectangleLabels name="boxes" toName="image" ${attributes}/>`)
  const { control } = config.findControl({ control: 'RectangleLabels' })
  return readControlParams(control, controlParams)
}

function twoControls(device: string): string {
  return `<View><Image name="image" value="$image"/>
    <Rectangle name="a" toName="image" model_path="a.onnx" model_device="cpu"/>
    <Polygon name="b" toName="image" model_path="b.onnx" model_device="${device}"/></View>`
}
