import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { eventOf } from '../store/conformance.ts'
import { lsml } from './_run.ts'

describe('lsml jobs', () => {
  let dir: ReturnType<typeof tempDir>
  let store: Store

  const jobs = (...args: readonly string[]) =>
    lsml(['jobs', 'text-classifier', ...args, '--data-dir', dir.path])
  const run = async (project: string, at: number) => {
    await store.addEvent(eventOf(project))
    await store.createJob(project, at)
    return (await store.claimJob('me', at))?.id ?? ''
  }

  // The store stays open meanwhile, as that of a running server would.
  beforeEach(async () => {
    dir = tempDir()
    store = await openSqliteStore(join(dir.path, 'store.sqlite'))
  })
  afterEach(async () => {
    await store.close()
    dir[Symbol.dispose]()
  })

  test('lists what runs and why one failed', async () => {
    const start = Date.UTC(2026, 10, 25, 10)
    const failed = await run('12', start)
    const error = { code: 'BACKEND_FAILED', message: 'No luck.' } as const
    await store.failJob(failed, 'me', { now: start + 65_000, error })
    const running = await run('7', Date.now())
    await store.heartbeat(running, 'me', { now: Date.now(), progress: 0.25, message: 'epoch 1' })
    const { code, stdout } = await jobs()
    expect(code).toBe(0)
    expect(stdout).toContain(`7        ${running}  running, 25 %: epoch 1`)
    expect(stdout).toMatch(new RegExp(`12 +${failed} +failed +1 +1 min 5 s +No luck\\.`))
    expect((await jobs('--project', '12')).stdout).not.toContain(running)
    const listed = JSON.parse((await jobs('--json', '--limit', '1')).stdout)
    expect(listed).toMatchObject([{ id: running, state: 'running', progress: 0.25, error: null }])
  })

  test('shows one with its log', async () => {
    const id = await run('12', Date.UTC(2026, 10, 25, 10))
    await store.addLog(id, [{ at: Date.UTC(2026, 10, 25, 10), level: 'info', message: 'Learnt from 3' }])
    const { stdout } = await jobs('show', id)
    expect(stdout).toContain('2026-11-25 10:00:00 info  Learnt from 3')
    expect(JSON.parse((await jobs('show', id, '--json')).stdout)).toMatchObject({
      id,
      log: [{ message: 'Learnt from 3' }],
    })
  })

  test('cancels one, once', async () => {
    const id = await run('12', Date.now())
    expect((await jobs('cancel', id)).code).toBe(0)
    expect(await store.findJob(id)).toMatchObject({ state: 'cancelled' })
    const again = await jobs('cancel', id)
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended before') })
  })

  test.each([
    [['stop', 'x'], /cannot `stop`.*It can: list, show, cancel/],
    [['show'], /Say which job to show/],
    [['show', 'nobody'], /There is no job `nobody`/],
    [['list', 'x'], /Did you mean `show x`/],
  ])('%p is refused', async (args, message) => {
    const { code, stderr } = await jobs(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('says so where nothing was learnt yet', async () => {
    expect((await jobs()).stderr).toContain('There was no training yet.')
  })
})
