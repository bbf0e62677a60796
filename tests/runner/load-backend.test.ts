import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { backendName } from '../../src/runner/load-backend.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { jobOf } from './conformance.ts'

/** Writes files by name into a folder far from any `node_modules`, and runs its `backend.ts`. */
async function run(folder: string, files: Readonly<Record<string, string>>) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return createProcessRunner({ module: join(folder, 'backend.ts'), log: silentLogger, logLevel: 'silent' })
}

const answers = (fields: string) => `
  export default {
    predict: (tasks) => tasks.map(() => ({ result: [], ...${fields} })),
  }`

describe('a module', () => {
  test('anywhere may import lsml, zod and files beside it, in TypeScript', async () => {
    using dir = tempDir()
    const runner = await run(dir.path, {
      'backend.ts': `
        import { defineBackend, LsmlError, TaskFailure } from 'lsml'
        import { taskSchema, type Task } from 'lsml/protocol'
        import { z } from 'zod'
        import { scoreOf } from './score.ts'
        export default defineBackend({
          params: z.object({ base: z.number().default(0.25) }),
          predict: (tasks: readonly Task[], { params }) =>
            tasks.map((task) =>
              task.data.do === 'fail'
                ? new TaskFailure(new LsmlError('MEDIA_UNAVAILABLE', 'gone'))
                : { result: [], score: scoreOf(params.base, taskSchema.parse(task).id) },
            ),
        })`,
      'score.ts': `
        import { LsmlError } from 'lsml'
        export const scoreOf = (base: number, id: number | undefined): number => (LsmlError ? base + (id ?? 0) / 4 : 0)`,
    })
    expect(await runner.predict(jobOf('p', ['', 'fail']))).toMatchObject([
      { predictions: [{ score: 0.5 }] },
      { error: { code: 'MEDIA_UNAVAILABLE' } },
    ])
    await runner.close()
  })

  test('has this lsml also where another is installed, and its own zod', async () => {
    using dir = tempDir()
    const runner = await run(dir.path, {
      'node_modules/lsml/package.json': '{ "name": "lsml", "version": "0.0.0", "main": "index.js" }',
      'node_modules/lsml/index.js': 'exports.isOther = true',
      'node_modules/zod/package.json': '{ "name": "zod", "version": "0.0.0", "main": "index.js" }',
      'node_modules/zod/index.js': 'exports.isOwn = true',
      'backend.ts': `
        import * as lsml from 'lsml'
        import * as zod from 'zod'
        ${answers("{ lsml: 'isOther' in lsml, zod: 'isOwn' in zod }")}`,
    })
    expect(await runner.predict(jobOf('p', ['']))).toMatchObject([
      { predictions: [{ lsml: false, zod: true }] },
    ])
    await runner.close()
  })

  test('runs where the telemetry of ONNX Runtime is off, and prints to stderr', async () => {
    using dir = tempDir()
    writeFileSync(
      join(dir.path, 'backend.ts'),
      `console.log('printed')${answers('{ off: process.env.ORT_DISABLE_TELEMETRY }')}`,
    )
    const script = `
      const { createProcessRunner } = await import(${JSON.stringify(join(import.meta.dir, '../../src/runner/processes.ts'))})
      const { silentLogger } = await import(${JSON.stringify(join(import.meta.dir, '../../src/log.ts'))})
      const runner = await createProcessRunner({ module: 'backend.ts', log: silentLogger })
      const job = { project: { id: '1', version: '1', labelConfig: '' }, tasks: [{ data: {} }], requestId: '', deadline: Infinity }
      console.log(JSON.stringify(await runner.predict(job)))
      await runner.close()`
    const child = Bun.spawn([process.execPath, '-e', script], {
      cwd: dir.path,
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
    expect(stderr).toContain('printed')
    expect(JSON.parse(stdout)).toMatchObject([{ predictions: [{ off: '1' }] }])
  })
})

describe('a module is refused that', () => {
  test.each([
    ['is not there', {}, /There is no backend at `.*backend\.ts`/],
    ['does not parse', { 'backend.ts': 'export default {' }, /backend\.ts:1:\d+/],
    ['throws', { 'backend.ts': 'throw new Error("no weights")' }, /cannot be loaded: no weights/],
    [
      'imports what is not installed',
      { 'backend.ts': 'import "no-such-package"' },
      /no-such-package.*Install it/,
    ],
    ['imports a file that is not there', { 'backend.ts': 'import "./no.ts"' }, /\.\/no\.ts/],
    [
      'has no default export',
      { 'backend.ts': 'export const backend = {}' },
      /no default export, only backend/,
    ],
    ['has no predict', { 'backend.ts': 'export default { name: "x" }' }, /no function `predict`/],
    [
      'misspells',
      { 'backend.ts': 'export default { predict() {}, setUp() {} }' },
      /`setUp`: did you mean `setup`/,
    ],
    ['exports a class', { 'backend.ts': 'export default class {}' }, /`function`/],
    [
      'has params of another kind',
      { 'backend.ts': 'export default { predict() {}, params: {} }' },
      /z\.object/,
    ],
  ] as [string, Record<string, string>, RegExp][])('%s', async (_name, files, message) => {
    using dir = tempDir()
    await expect(run(dir.path, files)).rejects.toMatchObject({
      code: 'INVALID_BACKEND',
      message: expect.stringMatching(message),
    })
  })
})

test.each([
  ['/a/ocr/backend.ts', 'ocr'],
  ['/a/ocr/index.js', 'ocr'],
  ['/a/reader.ts', 'reader'],
])('the backend of %s is called %s', (module, name) => {
  expect(backendName(module)).toBe(name)
})
