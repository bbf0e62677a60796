import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readMmdeployPipeline } from '../../../src/vision/mmdeploy/read-pipeline.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { CRNN_STEPS, DBNET_STEPS, pipelineJson, writePipeline } from './pipeline-folder.ts'

async function read(json: unknown) {
  using dir = tempDir()
  writePipeline(dir.path, json)
  return { folder: dir.path, pipeline: await readMmdeployPipeline(dir.path) }
}

test('a detector says how its pages are prepared and its map is read', async () => {
  const { folder, pipeline } = await read(pipelineJson())
  expect(pipeline).toMatchObject({
    file: join(folder, 'pipeline.json'),
    task: 'text-detection',
    format: { order: 'rgb', scale: 1, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
    postprocess: { component: 'DBHead', params: {} },
    dictFile: undefined,
  })
  expect(pipeline?.transforms.map(({ type }) => type)).toEqual(DBNET_STEPS.map(({ type }) => type) as never)
})

test('a recognizer says where its dictionary lies, and takes gray', async () => {
  const params = { type: 'Dictionary', dict_file: 'dict_file.txt', with_padding: true }
  const { folder, pipeline } = await read(pipelineJson(CRNN_STEPS, 'CTCConvertor', params))
  expect(pipeline).toMatchObject({
    task: 'text-recognition',
    format: { order: 'gray', mean: [127], std: [127] },
    postprocess: { component: 'CTCConvertor', params },
    dictFile: join(folder, 'dict_file.txt'),
  })
})

test('a dictionary cannot lie outside the folder', async () => {
  const { folder, pipeline } = await read(
    pipelineJson(CRNN_STEPS, 'CTCConvertor', { dict_file: '../../etc/passwd' }),
  )
  expect(pipeline?.dictFile).toBe(join(folder, 'passwd'))
})

test('a model of another task is told', async () => {
  const { pipeline } = await read(pipelineJson(DBNET_STEPS, 'ResizeBBox', { score_thr: 0.05 }))
  expect(pipeline?.task).toBe('other')
})

test('without normalisation the pixels are BGR as they are', async () => {
  const { pipeline } = await read(pipelineJson(DBNET_STEPS.filter(({ type }) => type !== 'Normalize')))
  expect(pipeline?.format).toEqual({ order: 'bgr', scale: 1, mean: 0, std: 1 })
})

test('a folder without pipeline.json has none', async () => {
  using dir = tempDir()
  expect(await readMmdeployPipeline(dir.path)).toBeUndefined()
})

test.each([
  ['text that is no JSON', '{"pipeline":', /pipeline\.json` is not JSON/],
  ['another JSON', { models: [] }, /`pipeline`: /],
  [
    'a step that lsml does not know',
    pipelineJson([...DBNET_STEPS, { type: 'TenCrop' }]),
    /step `TenCrop`.*Resize, /,
  ],
  [
    'a step with the name of a property of all objects',
    pipelineJson([{ type: 'constructor' }]),
    /step `constructor`/,
  ],
  [
    'a wrong field of a step',
    pipelineJson([{ type: 'Normalize', mean: 'x', std: [1] }]),
    /`pipeline\.tasks\.0\.transforms\.0\.mean`: /,
  ],
  [
    'another interpolation',
    pipelineJson([{ type: 'Resize', size: [10, 10], interpolation: 'area' }]),
    /transforms\.0\.interpolation`: lsml resizes with `bilinear`/,
  ],
  [
    'a step of chance',
    pipelineJson([{ type: 'ShortScaleAspectJitter', ratio_range: [0.7, 1.3], aspect_ratio_range: [1, 1] }]),
    /ratio_range`: only \[1, 1\] leaves nothing to chance/,
  ],
  [
    'an order that cannot be followed',
    pipelineJson([
      { type: 'Pad', size_divisor: 32 },
      { type: 'Resize', size: [64, 64] },
    ]),
    /`Resize` after `Pad`/,
  ],
  [
    'a wrong parameter',
    pipelineJson(CRNN_STEPS, 'CTCConvertor', { dict_file: 3 }),
    /`pipeline\.tasks\.2\.params\.dict_file`: /,
  ],
])('%s is refused with the file and the field', async (_, json, message) => {
  await expect(read(json)).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(message),
  })
  await expect(read(json)).rejects.toThrow('pipeline.json`')
})
