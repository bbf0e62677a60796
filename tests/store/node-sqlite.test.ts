import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { tempDir } from '../_helpers/temp-dir.ts'

const node = Bun.which('node') ?? ''
// Node has SQLite from 22.13 on.
const hasSqlite =
  node !== '' && Bun.spawnSync([node, '-e', "require('node:sqlite')"], { stderr: 'ignore' }).exitCode === 0

const skipped = hasSqlite ? '' : ' (skipped: no Node with SQLite here)'
test.skipIf(!hasSqlite)(`the store in SQLite does the same in Node${skipped}`, async () => {
  using dir = tempDir()
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, '_in-node.ts')],
    outdir: dir.path,
    naming: 'in-node.mjs',
    target: 'node',
    external: ['bun:sqlite'],
  })
  expect(built.success).toBe(true)
  const child = Bun.spawn([node, join(dir.path, 'in-node.mjs'), join(dir.path, 'store.sqlite')], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const text = await new Response(child.stdout).text()
  expect(await child.exited).toBe(0)
  expect(JSON.parse(text)).toEqual({
    events: ['a', 'b', 'c'],
    counts: { queued: 0, running: 0, pendingEvents: 1 },
    jobs: [['succeeded', 'v1']],
    versions: [
      {
        project: '1',
        id: 'v1',
        files: [{ path: 'x', bytes: 2 ** 40, sha256: 'y' }],
        metrics: { f1: 0.5 },
        fingerprint: 'f',
        job: expect.any(String),
        createdAt: 1_764_000_000_000,
        isActive: false,
      },
    ],
    again: 1,
  })
})
