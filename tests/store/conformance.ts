import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Job } from '../../src/store/job.ts'
import type { NewEvent, NewVersion, Store } from '../../src/store/store.ts'

export interface OpenedStore {
  readonly store: Store
  /** What the store keeps, opened a second time, as another process or a later one would. */
  reopen(): Promise<Store>
  /** After the stores are closed. */
  remove(): Promise<void>
}

let now = 1_764_000_000_000
const tick = () => ++now

export function eventOf(project: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    project,
    action: 'ANNOTATION_CREATED',
    body: '{}',
    annotations: 1,
    receivedAt: tick(),
    ...more,
  }
}

export function versionOf(project: string, id: string, more: Partial<NewVersion> = {}): NewVersion {
  return {
    project,
    id,
    trainOutput: `{"made":"${id}"}`,
    files: [],
    metrics: {},
    fingerprint: 'f',
    parent: undefined,
    job: undefined,
    createdAt: tick(),
    ...more,
  }
}

const isGone = (owner: string) => owner === 'dead'

const until = async (isTrue: () => boolean) => {
  const end = Date.now() + 5_000
  while (!isTrue() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(isTrue()).toBe(true)
}

/** What all stores do. */
export function describeStore(
  name: string,
  open: () => Promise<OpenedStore>,
  { isKept = true }: { readonly isKept?: boolean } = {},
): void {
  describe(name, () => {
    let opened: OpenedStore
    let store: Store
    beforeEach(async () => {
      opened = await open()
      ;({ store } = opened)
    })
    afterEach(async () => {
      await store.close()
      await opened.remove()
    })

    const made = async (project: string): Promise<Job> => {
      const job = await store.createJob(project, tick())
      if (job === undefined) throw new Error('No job was made.')
      return job
    }
    /** A running job of one event. */
    const claimed = async (project: string, owner = 'me'): Promise<Job> => {
      await store.addEvent(eventOf(project))
      await made(project)
      const job = await store.claimJob(owner, tick())
      if (job === undefined) throw new Error('No job was claimed.')
      return job
    }
    const error = { code: 'BACKEND_FAILED', message: 'No luck.' } as const

    describe('events', () => {
      test('are kept as they came, with all digits and in order', async () => {
        const body = '{"id": 9007199254740993,  "text":"a\\u0000b 👍 \\"", "n": 1.0}'
        const first = await store.addEvent(eventOf('1', { body }))
        const others = await Promise.all(
          ['b', 'c', 'd'].map((each) => store.addEvent(eventOf('1', { body: each }))),
        )
        expect(await store.findEvent(first.id)).toMatchObject({
          body,
          project: '1',
          job: undefined,
        })
        expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(4)
        const job = await made('1')
        const events = await store.eventsOfJob(job.id)
        expect(events.map((event) => event.body)).toEqual([body, 'b', 'c', 'd'])
        expect(await store.findEvent(first.id)).toMatchObject({ job: job.id })
        expect(await store.findEvent('999')).toBeUndefined()
      })

      test('wait for a job, each project for its own', async () => {
        await store.addEvent(eventOf('1', { action: 'START_TRAINING', annotations: 0 }))
        await store.addEvent(eventOf('2', { annotations: 5 }))
        expect((await store.pendingProjects()).toSorted()).toEqual(['1', '2'])
        const [event, ...others] = await store.pendingEvents('2')
        expect(others).toEqual([])
        expect(event).toEqual({
          id: expect.any(String),
          project: '2',
          action: 'ANNOTATION_CREATED',
          annotations: 5,
          receivedAt: now,
        })
        expect(await store.counts()).toEqual({ queued: 0, running: 0, pendingEvents: 2 })
        await made('1')
        expect(await store.pendingProjects()).toEqual(['2'])
        expect(await store.counts()).toEqual({ queued: 1, running: 0, pendingEvents: 1 })
      })
    })

    describe('a job', () => {
      test('takes all events that wait, and there is one of a project at a time', async () => {
        expect(await store.createJob('1', tick())).toBeUndefined()
        await store.addEvent(eventOf('1'))
        await store.addEvent(eventOf('1'))
        const first = await made('1')
        expect(first).toMatchObject({ state: 'queued', attempt: 0, events: 2, progress: 0, project: '1' })
        await store.addEvent(eventOf('1'))
        expect(await store.createJob('1', tick())).toBeUndefined()
        await store.claimJob('me', tick())
        expect(await store.createJob('1', tick())).toBeUndefined()
        expect(await store.finishJob(first.id, 'me', { now: tick() })).toBe(true)
        const second = await made('1')
        expect(second.events).toBe(1)
        expect(second.id > first.id).toBe(true)
        expect((await store.listJobs()).map(({ id }) => id)).toEqual([second.id, first.id])
      })

      test('is claimed by one, the oldest first', async () => {
        for (const project of ['1', '2']) {
          await store.addEvent(eventOf(project))
          await made(project)
        }
        const claims = await Promise.all(['a', 'b', 'c'].map((owner) => store.claimJob(owner, tick())))
        const jobs = claims.filter((job) => job !== undefined)
        expect(jobs.map(({ project }) => project).toSorted()).toEqual(['1', '2'])
        expect(jobs[0]).toMatchObject({
          project: '1',
          state: 'running',
          attempt: 1,
          startedAt: expect.any(Number),
        })
        expect(await store.counts()).toEqual({ queued: 0, running: 2, pendingEvents: 0 })
      })

      test('tells its owner whether it still is his, and keeps how far it is', async () => {
        const { id } = await claimed('1')
        expect(await store.heartbeat(id, 'me', { now: tick(), progress: 0.5, message: 'Half of it' })).toBe(
          true,
        )
        expect(await store.heartbeat(id, 'me', { now: tick() })).toBe(true)
        expect(await store.findJob(id)).toMatchObject({
          progress: 0.5,
          message: 'Half of it',
          heartbeatAt: now,
        })
        expect(await store.heartbeat(id, 'you', { now: tick() })).toBe(false)
        expect(await store.cancelJob(id, tick())).toBe(true)
        expect(await store.heartbeat(id, 'me', { now: tick() })).toBe(false)
        expect(await store.finishJob(id, 'me', { now: tick(), version: versionOf('1', 'v') })).toBe(false)
        expect(await store.listVersions('1')).toEqual([])
        expect(await store.findJob(id)).toMatchObject({ state: 'cancelled', endedAt: expect.any(Number) })
      })

      test('that ended stays as it is', async () => {
        const { id } = await claimed('1')
        expect(await store.finishJob(id, 'you', { now: tick() })).toBe(false)
        await store.finishJob(id, 'me', { now: tick() })
        expect(await store.cancelJob(id, tick())).toBe(false)
        expect(await store.failJob(id, 'me', { now: tick(), error })).toBe(false)
        expect(await store.releaseJob(id, 'me', tick())).toBe(false)
        expect(await store.findJob(id)).toMatchObject({ state: 'succeeded', progress: 1, version: undefined })
      })

      test('that failed is not claimed again before its time', async () => {
        const { id } = await claimed('1')
        const retryAt = tick() + 1_000
        expect(await store.failJob(id, 'me', { now, error, retryAt })).toBe(true)
        expect(await store.findJob(id)).toMatchObject({ state: 'queued', error })
        expect(await store.claimJob('me', retryAt - 1)).toBeUndefined()
        expect(await store.claimJob('me', retryAt)).toMatchObject({ id, attempt: 2, state: 'running' })
      })

      test('that failed for good leaves its events to the next, but not for ever', async () => {
        const [bad] = [await store.addEvent(eventOf('1', { body: 'bad' }))]
        for (const round of [1, 2, 3]) {
          const { id } = await claimed('1')
          expect((await store.eventsOfJob(id)).map(({ body }) => body)).toEqual([
            'bad',
            ...Array(round).fill('{}'),
          ])
          expect(await store.failJob(id, 'me', { now: tick(), error })).toBe(true)
          expect(await store.findJob(id)).toMatchObject({ state: 'failed', error, events: round + 1 })
          // No reason for a job by themselves: it would fail again at once.
          expect(await store.createJob('1', tick())).toBeUndefined()
          expect(await store.pendingProjects()).toEqual([])
        }
        const { id } = await claimed('1')
        expect((await store.eventsOfJob(id)).map(({ body }) => body)).toEqual(['{}', '{}', '{}'])
        expect(await store.findEvent(bad.id)).toMatchObject({ job: expect.any(String) })
      })

      test('that is given back has not been tried', async () => {
        const { id } = await claimed('1')
        expect(await store.releaseJob(id, 'me', tick())).toBe(true)
        expect(await store.claimJob('you', tick())).toMatchObject({ id, attempt: 1, owner: 'you' })
      })

      test('whose owner is gone is found once, and fails after its last attempt', async () => {
        const { id } = await claimed('1', 'dead')
        const other = await claimed('2', 'alive')
        const options = { now: tick(), staleBefore: 0, maxAttempts: 2 }
        expect(await store.recoverJobs(options)).toEqual([])
        expect(await store.recoverJobs({ ...options, isGone })).toMatchObject([
          { id, state: 'queued', attempt: 1 },
        ])
        expect(await store.recoverJobs({ ...options, isGone })).toEqual([])
        await store.claimJob('dead', tick())
        const stale = { ...options, staleBefore: now }
        await store.heartbeat(other.id, 'alive', { now: tick() })
        expect(await store.recoverJobs({ ...stale, staleBefore: now })).toMatchObject([
          { id, state: 'failed' },
        ])
        expect(await store.findJob(other.id)).toMatchObject({ state: 'running' })
      })

      test('keeps the newest lines of its log', async () => {
        const { id } = await claimed('1')
        const lines = Array.from({ length: 1_100 }, (_, at) => ({
          at,
          level: 'info' as const,
          message: `line ${at}`,
        }))
        await store.addLog(id, lines.slice(0, 700))
        await store.addLog(id, lines.slice(700))
        expect(await store.logOfJob(id)).toEqual(lines.slice(100))
        expect(await store.logOfJob('none')).toEqual([])
      })

      test('is found by its project and its state', async () => {
        const first = await claimed('1')
        await claimed('2')
        await store.finishJob(first.id, 'me', { now: tick() })
        const ids = async (filter: Parameters<Store['listJobs']>[0]) =>
          (await store.listJobs(filter)).map(({ project }) => project)
        expect(await ids({})).toEqual(['2', '1'])
        expect(await ids({ project: '1' })).toEqual(['1'])
        expect(await ids({ states: ['running', 'queued'] })).toEqual(['2'])
        expect(await ids({ limit: 1 })).toEqual(['2'])
      })
    })

    describe('a version', () => {
      test('comes with the end of its job, and serves from then on', async () => {
        const { id } = await claimed('1')
        expect(await store.currentVersion('1')).toBeUndefined()
        const version = versionOf('1', 'v1', {
          files: [{ path: 'a/b.bin', bytes: 3, sha256: 'abc' }],
          metrics: { accuracy: 0.5 },
          parent: 'v0',
        })
        expect(await store.finishJob(id, 'me', { now: tick(), version })).toBe(true)
        expect(await store.findJob(id)).toMatchObject({ state: 'succeeded', version: 'v1' })
        const stored = { ...version, job: id, heldBack: undefined, isActive: true }
        expect(await store.currentVersion('1')).toEqual(stored)
        expect(await store.findVersion('1', 'v1')).toEqual(stored)
        expect(await store.findVersion('2', 'v1')).toBeUndefined()
        const { trainOutput: _, ...info } = stored
        expect(await store.listVersions('1')).toEqual([info])
      })

      test('that is held back does not serve until somebody lets it', async () => {
        await store.addVersion(versionOf('1', 'v1'))
        await store.addVersion(versionOf('1', 'v2', { heldBack: 'worse' }))
        await store.addVersion(versionOf('2', 'v1'))
        const states = async () => (await store.listVersions('1')).map(({ id, isActive }) => [id, isActive])
        expect(await states()).toEqual([
          ['v1', true],
          ['v2', false],
        ])
        await store.activateVersion('1', 'v2')
        expect(await states()).toEqual([
          ['v1', false],
          ['v2', true],
        ])
        expect(await store.findVersion('1', 'v2')).toMatchObject({ heldBack: 'worse' })
        await store.activateVersion('1', undefined)
        expect(await store.currentVersion('1')).toBeUndefined()
        expect(await store.currentVersion('2')).toMatchObject({ id: 'v1' })
        expect((await store.listVersions()).map(({ project, id }) => `${project} ${id}`).toSorted()).toEqual([
          '1 v1',
          '1 v2',
          '2 v1',
        ])
      })

      test('is there once, and goes only when it does not serve', async () => {
        await store.addVersion(versionOf('1', 'v1'))
        const again = store.addVersion(versionOf('1', 'v1', { trainOutput: '"other"' }))
        await expect(again).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
        expect(await store.findVersion('1', 'v1')).toMatchObject({ trainOutput: '{"made":"v1"}' })
        await expect(store.activateVersion('1', 'v9')).rejects.toMatchObject({ code: 'NOT_FOUND' })
        await expect(store.removeVersion('1', 'v1')).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
        await store.activateVersion('1', undefined)
        expect(await store.removeVersion('1', 'v1')).toBe(true)
        expect(await store.removeVersion('1', 'v1')).toBe(false)
        expect(await store.listVersions('1')).toEqual([])
      })

      test('whose id is taken leaves its job as it was', async () => {
        await store.addVersion(versionOf('1', 'v1'))
        const { id } = await claimed('1')
        const finish = store.finishJob(id, 'me', { now: tick(), version: versionOf('1', 'v1') })
        await expect(finish).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
        expect(await store.findJob(id)).toMatchObject({ state: 'running', owner: 'me' })
      })
    })

    describe('a project', () => {
      test('is copied with its versions and its setup, not with its events', async () => {
        await store.saveSetup('1', '{"a":1}')
        await store.addVersion(versionOf('1', 'v1'))
        await store.addVersion(versionOf('1', 'v2'))
        await store.activateVersion('1', 'v1')
        await store.addEvent(eventOf('1'))
        await store.copyProject('1', '2')
        expect((await store.listVersions('2')).map(({ id, isActive }) => [id, isActive])).toEqual([
          ['v1', true],
          ['v2', false],
        ])
        expect(await store.findVersion('2', 'v1')).toMatchObject({
          trainOutput: '{"made":"v1"}',
          project: '2',
        })
        expect((await store.listSetups()).get('2')).toBe('{"a":1}')
        expect(await store.pendingProjects()).toEqual(['1'])
        await expect(store.copyProject('1', '2')).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
      })

      test('without versions is copied, too', async () => {
        await store.copyProject('nobody', '2')
        expect(await store.listVersions('2')).toEqual([])
      })

      test('that is deleted leaves nothing, and its job is nobody’s', async () => {
        await store.addVersion(versionOf('1', 'v1'))
        await store.saveSetup('1', '{}')
        const { id } = await claimed('1')
        await store.addEvent(eventOf('1'))
        await store.addVersion(versionOf('2', 'v1'))
        await store.deleteProject('1')
        expect(await store.heartbeat(id, 'me', { now: tick() })).toBe(false)
        expect(await store.finishJob(id, 'me', { now: tick(), version: versionOf('1', 'v3') })).toBe(false)
        expect(await store.findJob(id)).toBeUndefined()
        expect(await store.listVersions('1')).toEqual([])
        expect(await store.currentVersion('1')).toBeUndefined()
        expect(await store.counts()).toEqual({ queued: 0, running: 0, pendingEvents: 0 })
        expect([...(await store.listSetups()).keys()]).toEqual([])
        expect(await store.currentVersion('2')).toMatchObject({ id: 'v1' })
      })

      test('has the setup that was told last', async () => {
        await store.saveSetup('1', '{"a":1}')
        await store.addVersion(versionOf('1', 'v1'))
        await store.saveSetup('1', '{"a":2}')
        expect(await store.listSetups()).toEqual(new Map([['1', '{"a":2}']]))
        expect(await store.findSetup('1')).toBe('{"a":2}')
        expect(await store.findSetup('2')).toBeUndefined()
        expect(await store.currentVersion('1')).toMatchObject({ id: 'v1' })
      })
    })

    describe('whoever watches', () => {
      test('is told of jobs and versions, until he ends it', async () => {
        const seen: (string | undefined)[] = []
        const end = store.watch((project) => seen.push(project))
        await store.addVersion(versionOf('7', 'v1'))
        await until(() => seen.some((project) => project === '7' || project === undefined))
        end()
        // Some may be on their way.
        await new Promise((resolve) => setTimeout(resolve, 20))
        const count = seen.length
        await store.addVersion(versionOf('7', 'v2'))
        await new Promise((resolve) => setTimeout(resolve, 20))
        expect(seen).toHaveLength(count)
      })

      test.skipIf(!isKept)('sees what another process has changed', async () => {
        const other = await opened.reopen()
        const seen: (string | undefined)[] = []
        const end = store.watch((project) => seen.push(project))
        await other.addVersion(versionOf('8', 'v1'))
        await until(() => seen.some((project) => project === '8' || project === undefined))
        await other.saveSetup('9', '{}')
        await until(() => seen.slice(1).some((project) => project === '9' || project === undefined))
        expect(await store.currentVersion('8')).toMatchObject({ id: 'v1' })
        end()
        await other.close()
      })
    })

    test.skipIf(!isKept)('keeps all of it', async () => {
      await store.saveSetup('1', '{"a":1}')
      const { id } = await claimed('1')
      await store.addLog(id, [{ at: 1, level: 'warn', message: 'Hm.' }])
      await store.finishJob(id, 'me', { now: tick(), version: versionOf('1', 'v1') })
      await store.addEvent(eventOf('1', { body: 'pending' }))
      const other = await opened.reopen()
      expect(await other.currentVersion('1')).toEqual((await store.currentVersion('1')) as never)
      expect(await other.listJobs()).toEqual((await store.listJobs()) as never)
      expect(await other.logOfJob(id)).toHaveLength(1)
      expect(await other.pendingEvents('1')).toHaveLength(1)
      expect((await other.listSetups()).get('1')).toBe('{"a":1}')
      await other.close()
    })
  })
}
