import { expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import { createApp } from '../../src/server/app.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { versionOf } from '../store/conformance.ts'

const PROJECT = '7'
const TASKS = Array.from({ length: 24 }, (_, index) => ({ id: index + 1, data: {} }))

interface Answer {
  readonly model_version: string
  readonly results: readonly {
    readonly model_version: string
    readonly made_by: string
    readonly told: string
    readonly count: number
  }[]
}

test('under load every answer is of one version in all workers, while versions switch', async () => {
  using dir = tempDir()
  const store = createMemoryStore()
  const runner = await createProcessRunner({
    module: join(import.meta.dir, 'backends/remembers.ts'),
    workers: 2,
    log: silentLogger,
    logLevel: 'silent',
  })
  const app = createApp(runner, { store, dataDir: dir.path, log: silentLogger })
  const post = async (path: string, body: object) =>
    app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const setup = { project: PROJECT, schema: '<View/>', hostname: 'http://localhost', access_token: 'x' }
  const told = async () => ((await (await post('/setup', setup)).json()) as Answer).model_version
  const answers: Answer[] = []
  const state = { isOver: false }
  const load = async () => {
    while (!state.isOver) {
      const before = await told()
      const response = await post('/predict', { tasks: TASKS, project: PROJECT, label_config: '<View/>' })
      const answer = (await response.json()) as Answer
      expect(response.status).toBe(200)
      // It is of a version that served when it was asked for, or that came since.
      expect(answer.model_version >= before).toBe(true)
      answers.push(answer)
    }
  }
  await told()
  const loads = [load(), load(), load()]
  const versions = Array.from({ length: 6 }, (_, index) => `1.0+20261125T14300000${index}`)
  for (const [index, id] of versions.entries()) {
    const folder = join(dir.path, 'projects', PROJECT, 'versions', id)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'count.txt'), String(index + 1))
    const learnt = Array.from({ length: index + 1 }, (_, number) => number)
    await store.addVersion(versionOf(PROJECT, id, { trainOutput: JSON.stringify({ learnt }) }))
    while ((await told()) !== id) await new Promise((resolve) => setTimeout(resolve, 2))
    // Some answers of each.
    const count = answers.length
    while (answers.length < count + 3) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  state.isOver = true
  await Promise.all(loads)
  await app.close()

  for (const { model_version, results } of answers) {
    expect(results).toHaveLength(TASKS.length)
    const count = versions.indexOf(model_version) + 1
    for (const result of results)
      expect(result).toMatchObject({ model_version, made_by: model_version, told: model_version, count })
  }
  expect([...new Set(answers.map(({ model_version }) => model_version))].toSorted()).toEqual(
    expect.arrayContaining(versions),
  )
}, 30_000)
