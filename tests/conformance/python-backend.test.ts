import { describe, expect, test } from 'bun:test'
import { defineBackend } from '../../src/backend.ts'
import { readDataPath } from '../../src/labeling/data-path.ts'
import { mapLabels } from '../../src/labeling/label-map.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { silentLogger } from '../../src/log.ts'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { createApp } from '../../src/server/app.ts'
import { rejection, startServer, textOf } from '../media/servers.ts'
import { answerOf, post, SCHEMA, tasks } from '../server/_app.ts'

/** What the tests of Label Studio's own Python backend hold it to, asked of lsml; where lsml differs, the test says why. */

const log = silentLogger

describe('build_label_map', () => {
  test.each<[what: string, labels: string, classes: readonly string[], map: Record<string, string>]>([
    ['without labels is empty', '', ['car', 'truck'], {}],
    [
      'goes by predicted_values',
      '<Label value="Car" predicted_values="car,truck"/><Label value="Airplane" predicted_values="airplane"/>',
      ['car', 'truck', 'airplane'],
      { car: 'Car', truck: 'Car', airplane: 'Airplane' },
    ],
    [
      'goes by names of another case',
      '<Label value="Car"/><Label value="Airplane"/>',
      ['car', 'airplane'],
      { car: 'Car', airplane: 'Airplane' },
    ],
    [
      'leaves out classes and labels without a partner',
      '<Label value="Car" predicted_values="car"/><Label value="Plane" predicted_values="airplane"/><Label value="Flower"/>',
      ['car', 'airplane', 'bicycle'],
      { car: 'Car', airplane: 'Plane' },
    ],
    [
      'mixes predicted_values and names',
      '<Label value="Car" predicted_values="car"/><Label value="Plane" predicted_values="airplane"/><Label value="Bicycle"/>',
      ['car', 'airplane', 'bicycle'],
      { car: 'Car', airplane: 'Plane', bicycle: 'Bicycle' },
    ],
    [
      'keeps capitals and spaces of the model',
      '<Label value="Car" predicted_values="car"/><Label value="Plane" predicted_values="airplane"/><Label value="Bicycle space"/>',
      ['car', 'airplane', 'Bicycle space'],
      { car: 'Car', airplane: 'Plane', 'Bicycle space': 'Bicycle space' },
    ],
    [
      'leaves out a label that the model lacks',
      '<Label value="Car" predicted_values="car,truck"/><Label value="Airplane" predicted_values="jet"/>',
      ['car', 'truck'],
      { car: 'Car', truck: 'Car' },
    ],
  ])('%s', (_what, labels, classes, map) => {
    const { controls } = parseLabelingConfig(
      `<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">${labels}</RectangleLabels></View>`,
    )
    const [control] = controls
    expect(control && Object.fromEntries(mapLabels(control, classes).labels)).toEqual(map)
  })
})

describe('a response', () => {
  const own = { result: [], score: 0.1, model_version: 'its own' }
  const backend = defineBackend({ version: '2.0', predict: () => [own, { result: [], score: 0.1 }] })
  const respond = async () =>
    answerOf(await post(createApp(backend, { log }), '/predict', { tasks: tasks(2), label_config: SCHEMA }))

  test('has a version, also of a backend that does not say one', async () => {
    const unnamed = defineBackend({ predict: () => [{ result: [] }] })
    const response = await post(createApp(unnamed, { log }), '/predict', {
      tasks: tasks(1),
      label_config: SCHEMA,
    })
    expect((await answerOf(response)).model_version).toBe('0.0.1')
  })

  test('gives its version to the predictions without one', async () => {
    expect((await respond()).results[1]).toMatchObject({ model_version: '2.0' })
  })

  // Python leaves it. But Label Studio asks again for tasks without a prediction of the version that /setup tells.
  test('gives its version to the predictions with another one, too', async () => {
    expect((await respond()).results[0]).toMatchObject({ model_version: '2.0' })
  })

  test('is JSON of the version and the predictions', async () => {
    const prediction = { result: [], score: 0.1, model_version: '2.0' }
    expect<unknown>(await respond()).toEqual({ model_version: '2.0', results: [prediction, prediction] })
  })
})

const startStudio = () => startServer((_request, url) => new Response(url.pathname + url.search))
const mediaOf = (url: string) =>
  createMediaFactory({}).forProject({ id: '12', labelStudio: { url, token: 'legacy' } })
const presigned = (uri: string) => `/tasks/1/presign/?fileuri=${Buffer.from(uri).toString('base64')}`

describe('preloading', () => {
  const task = { id: 1, data: {} }

  test.each([
    ['s3://bucket/test/1.jpg', presigned('s3://bucket/test/1.jpg')],
    ['gs://bucket/test/1.jpg', presigned('gs://bucket/test/1.jpg')],
    ['azure-blob://bucket/test/1.jpg', presigned('azure-blob://bucket/test/1.jpg')],
    ['/data/local-files?d=test', '/data/local-files?d=test'],
    ['/upload/123.jpg', '/data/upload/123.jpg'],
  ])('reads %s', async (url, path) => {
    using studio = startStudio()
    expect(textOf(await mediaOf(studio.origin).bytes(url, { task }))).toBe(path)
  })

  // Python opens them: whoever may import tasks could read any file of the backend's machine.
  test.each(['c:\\test.jpg', '/home/user/123.jpg', 'file:///etc/passwd'])(
    'does not read the file %s',
    async (path) => {
      using studio = startStudio()
      const { code } = await rejection(mediaOf(studio.origin).bytes(path, { task }))
      expect(code).toMatch(/^MEDIA_(FORBIDDEN|UNAVAILABLE)$/)
      expect(studio.seen).toEqual([])
    },
  )

  test('of a text is an error; as a value it is the text', async () => {
    using studio = startStudio()
    const data = { text: 'this is text' }
    expect(readDataPath(data, 'text')).toBe('this is text')
    expect((await rejection(mediaOf(studio.origin).bytes(data.text, { task }))).code).toBe(
      'MEDIA_UNAVAILABLE',
    )
    expect(studio.seen).toEqual([])
  })

  test('of values within others goes by their path; numbers, booleans and nothing stay as they are', async () => {
    using studio = startStudio()
    const url = '/data/upload/1/a.jpg'
    const data = {
      root: { url, urls: [url, url], text: 'this is text' },
      int: 123,
      float: 42.42,
      bool: false,
      none: null,
    }
    for (const path of ['root.url', 'root.urls[1]']) {
      expect(textOf(await mediaOf(studio.origin).bytes(readDataPath(data, path), { task }))).toBe(url)
    }
    expect(['int', 'float', 'bool', 'none', 'root.text'].map((path) => readDataPath(data, path))).toEqual([
      123,
      42.42,
      false,
      null,
      'this is text',
    ])
  })
})

describe('the API', () => {
  const app = createApp(
    defineBackend({ name: 'Model', predict: (batch) => batch.map(() => ({ result: [] })) }),
    { log },
  )
  const project = '1.1000000000'

  test('/health is UP and names the model', async () => {
    expect(await (await app.request('/health')).json()).toMatchObject({ model_class: 'Model', status: 'UP' })
  })

  test('/metrics is there', async () => {
    expect((await app.request('/metrics')).status).toBe(200)
  })

  test('/predict takes a task with an empty config and an empty context', async () => {
    const body = {
      tasks: [{ id: 1, data: {} }],
      label_config: '<View></View>',
      project,
      params: { context: {} },
    }
    expect((await post(app, '/predict', body)).status).toBe(200)
  })

  test('/setup takes an empty config and empty params', async () => {
    const body = { project, schema: '<View></View>', extra_params: {} }
    expect((await post(app, '/setup', body)).status).toBe(200)
  })

  test('/webhook takes an event without a task and an annotation', async () => {
    const body = { action: 'ANNOTATION_CREATED', project: { id: 1, label_config: '<View></View>' } }
    expect((await post(app, '/webhook', body)).status).toBe(200)
  })
})
