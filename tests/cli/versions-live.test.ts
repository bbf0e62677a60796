import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { until } from '../_helpers/until.ts'
import { lsml } from './_run.ts'

const backend = resolve(import.meta.dir, 'backends/learner.ts')
const project = { id: 12, label_config: '<View><Text name="t" value="$t"/></View>' }
const OWN = '0.0.1'

describe('versions while a server runs', () => {
  const dir = tempDir()
  let server: StartedServer

  const start = () => startCli(['start', backend, '-p', '0', '--data-dir', dir.path, '--train-quiet', '0'])
  const versions = (...args: readonly string[]) =>
    lsml(['versions', backend, ...args, '--data-dir', dir.path])

  async function ask<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(server.url + path, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(200)
    return (await response.json()) as T
  }
  const serving = async () =>
    (await ask<{ model_version: string }>('/setup', { project: '12', schema: project.label_config }))
      .model_version
  const train = (f1: number) => ask('/webhook', { action: 'START_TRAINING', project, f1 })
  const listed = async () =>
    JSON.parse((await versions('list', '--json')).stdout) as { readonly held_back?: string }[]
  const untilServing = (isIt: (version: string) => boolean) =>
    until('such version', async () => {
      const version = await serving()
      return isIt(version) && version
    })
  const scoreAndVersion = async () => {
    const { results } = await ask<{ results: { score: number; model_version: string }[] }>('/predict', {
      project: '12',
      label_config: project.label_config,
      tasks: [{ id: 1, data: { t: '' } }],
    })
    return [results[0]?.score, results[0]?.model_version]
  }

  beforeAll(async () => {
    server = await start()
  }, 30_000)
  afterAll(async () => {
    await server.stop()
    dir[Symbol.dispose]()
  })

  test('what was learnt serves; one that is worse is kept, and says why it does not serve', async () => {
    expect(await serving()).toBe(OWN)
    await train(0.8)
    const first = await untilServing((version) => version !== OWN)
    expect(await scoreAndVersion()).toEqual([0.8, first])

    await train(0.3)
    const worse = await until('second version', async () => (await listed())[1])
    expect(worse).toMatchObject({
      active: false,
      held_back: 'its f1 is 0.3, below 0.5',
      metrics: { f1: 0.3 },
    })
    expect(server.stderr()).toMatch(/which does not serve: its f1 is 0\.3, below 0\.5/)
    expect(await scoreAndVersion()).toEqual([0.8, first])
    const told = await ask<{ versions: string[]; details: { version: string; held_back?: string }[] }>(
      '/versions',
    )
    expect(told.versions[0]).toBe(OWN)
    expect(told.versions).toContain(first)
    expect(told.details).toContainEqual(expect.objectContaining({ held_back: 'its f1 is 0.3, below 0.5' }))
  }, 60_000)

  test('a server goes back, and forward again, when told from outside', async () => {
    const before = await serving()
    expect((await versions('rollback')).code).toBe(0)
    await untilServing((version) => version === OWN)
    expect(await scoreAndVersion()).toEqual([0, OWN])
    await versions('activate', before)
    await untilServing((version) => version === before)
    expect(await scoreAndVersion()).toEqual([0.8, before])
  }, 60_000)

  test('what is activated while no server runs serves after its start', async () => {
    const before = await serving()
    await server.stop()
    await versions('activate', 'own')
    server = await start()
    expect(await scoreAndVersion()).toEqual([0, OWN])
    await server.stop()
    await versions('activate', before)
    server = await start()
    expect(await scoreAndVersion()).toEqual([0.8, before])
  }, 60_000)
})
