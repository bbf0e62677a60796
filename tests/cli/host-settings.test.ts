import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import { readHostSettings, type Sources } from '../../src/cli/host-settings.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const nothing: Sources = { args: {}, lists: {}, env: {}, folder: '/nowhere', workers: 1 }

describe('settings of the host', () => {
  test('have safe defaults', async () => {
    const { device, threads, params, media } = await readHostSettings({ ...nothing, workers: 1000 })
    expect({ device, threads, params }).toEqual({ device: 'auto', threads: 1, params: [] })
    expect(media).toEqual({ allowHosts: [], cacheDir: expect.stringMatching(/lsml$/) })
    expect(media?.cacheDir?.startsWith(homedir())).toBeTrue()
  })

  test('take parameters from the file, the environment and `--with`, the later the stronger', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'lsml.config.json'), '{ "text_threshold": 0.2, "labels": ["a"] }')
    const { params } = await readHostSettings({
      ...nothing,
      folder: dir.path,
      env: { LSML_PARAM_TEXT_THRESHOLD: '0.3', LSML_PARAM_detCkpt: 'a=b', OTHER: '1' },
      lists: { with: ['text_threshold=0.4', 'note=a=b', 'note=c'] },
    })
    expect(params).toEqual([
      { source: 'lsml.config.json', values: { text_threshold: 0.2, labels: ['a'] } },
      { source: 'the environment', values: { text_threshold: '0.3', detCkpt: 'a=b' } },
      { source: '--with', values: { text_threshold: '0.4', note: 'c' } },
    ])
  })

  test('take `device` and `image_dir` out of the parameters, and flags go before them', async () => {
    using dir = tempDir()
    const [images, others] = [join(dir.path, 'images'), join(dir.path, 'others')]
    for (const folder of [images, others]) mkdirSync(folder)
    writeFileSync(join(dir.path, 'lsml.config.json'), '{ "device": "webgpu" }')
    const given = { ...nothing, folder: dir.path, lists: { with: ['device=cuda:1', `image_dir=${images}`] } }
    const settings = await readHostSettings(given)
    expect(settings).toMatchObject({ device: 'cuda:1', params: [], media: { imageDir: images } })
    expect(await readHostSettings({ ...given, lists: {} })).toMatchObject({ device: 'webgpu' })
    const args = { device: 'cpu', 'image-dir': others }
    expect(await readHostSettings({ ...given, args })).toMatchObject({
      device: 'cpu',
      media: { imageDir: others },
    })
  })

  test('know where Label Studio is from its variables, and flags go before them', async () => {
    const env = {
      LABEL_STUDIO_URL: 'http://label-studio:8080/',
      LABEL_STUDIO_API_KEY: 'secret',
      LOCAL_FILES_DOCUMENT_ROOT: '/data/files',
      XDG_CACHE_HOME: '/cache',
    }
    expect((await readHostSettings({ ...nothing, env })).media).toEqual({
      labelStudioUrl: 'http://label-studio:8080',
      apiKey: 'secret',
      localFilesRoot: '/data/files',
      allowHosts: [],
      cacheDir: '/cache/lsml',
    })
    const args = { 'label-studio-url': 'https://studio.example/sub', 'cache-dir': '/elsewhere' }
    expect((await readHostSettings({ ...nothing, env, args })).media).toMatchObject({
      labelStudioUrl: 'https://studio.example/sub',
      cacheDir: '/elsewhere',
    })
  })

  test('look for models where they are told to, then where they are pulled', async () => {
    using dir = tempDir()
    const lists = { 'model-dir': [dir.path] }
    const directories = async (env: Sources['env']) =>
      (await readHostSettings({ ...nothing, env, lists })).modelDirectories
    expect(await directories({ XDG_DATA_HOME: '/data' })).toEqual([dir.path, '/data/lsml/models'])
    expect(await directories({ XDG_DATA_HOME: '/data', LSML_MODEL_DIR: '/models' })).toEqual([
      dir.path,
      '/models',
    ])
    const [, own] = (await directories({})) ?? []
    expect(own?.startsWith(homedir())).toBeTrue()
  })

  test('have the model servers, what they want to see, and how runs are joined', async () => {
    const env = { LSML_MODEL_SERVER_AUTHORIZATION: 'Bearer secret' }
    const lists = { 'model-server': ['http://triton:8000/', 'kserve+https://gate.example/team/models/x'] }
    const args = { 'max-batch': '16', 'batch-delay': '3' }
    expect(await readHostSettings({ ...nothing, env, lists, args })).toMatchObject({
      modelServers: {
        origins: ['http://triton:8000', 'https://gate.example'],
        authorization: 'Bearer secret',
      },
      batching: { maxRows: 16, delayMs: 3 },
    })
    const { batching, modelServers } = await readHostSettings(nothing)
    expect({ batching, modelServers }).toEqual({ batching: undefined, modelServers: { origins: [] } })
  })

  test('divide the cores among the devices of a list', async () => {
    const { device, threads } = await readHostSettings({
      ...nothing,
      args: { device: 'cpu,cpu' },
      workers: undefined,
    })
    expect({ device, threads }).toEqual({
      device: 'cpu,cpu',
      threads: Math.max(1, Math.floor(availableParallelism() / 2)),
    })
  })

  test('take no notice of a variable that is set to nothing', async () => {
    const env = { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '' }
    expect((await readHostSettings({ ...nothing, env })).media).toEqual(
      expect.not.objectContaining({ labelStudioUrl: expect.anything(), apiKey: expect.anything() }),
    )
  })

  test.each([
    [{ device: 'webgu' }, {}, 'There is no device `webgu`. Did you mean `webgpu`?'],
    [{ 'label-studio-url': 'localhost:8080' }, {}, '`localhost:8080` is no address of Label Studio.'],
    [{ 'image-dir': 'no/such' }, {}, 'There is no folder `no/such`, which `--image-dir` names.'],
    [{ device: 'cuda:0,gpux' }, {}, 'There is no device `gpux`.'],
    [{}, { 'model-server': ['triton:8000'] }, '`triton:8000` is no address of a model server.'],
    [{ 'max-batch': '0' }, {}, '`--max-batch` is a whole number from 1 to 1024, not `0`.'],
    [{ 'batch-delay': '5' }, {}, '`--batch-delay` does nothing without `--max-batch`.'],
    [{ threads: '0' }, {}, '`--threads` is a whole number from 1 to 1024, not `0`.'],
    [{}, { 'model-dir': ['no/such'] }, 'There is no folder `no/such`, which `--model-dir` names.'],
  ])('refuse %j %j', async (args, lists, message) => {
    await expect(readHostSettings({ ...nothing, args, lists })).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    )
  })

  test('refuse a config file that is a list', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'lsml.config.json'), '[1]')
    await expect(readHostSettings({ ...nothing, folder: dir.path })).rejects.toThrow(
      'is no object of parameters',
    )
  })
})
