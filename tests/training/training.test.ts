import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LsmlError } from '../../src/errors.ts'
import type { FitJob, FitOptions, FitOutcome } from '../../src/runner/runner.ts'
import type { Job } from '../../src/store/job.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { createIntake } from '../../src/training/intake.ts'
import type { TrainingPolicy } from '../../src/training/policy.ts'
import { createTrainingWorker, type TrainingLimits } from '../../src/training/training-worker.ts'
import { createFolderFiles } from '../../src/training/version-files.ts'
import { createWorkFolders } from '../../src/training/work-folders.ts'
import { createRecordingLogger } from '../_helpers/recording-logger.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { eventOf } from '../store/conformance.ts'

type Fit = (job: FitJob, options: FitOptions) => Promise<FitOutcome>

/** A whole of intake and worker, whose trainings do what the test says. */
async function startTraining(
  fit: Fit,
  given: TrainingLimits & TrainingPolicy = {},
  before = createMemoryStore(),
) {
  const dir = tempDir()
  const store = before
  const log = createRecordingLogger()
  const files = createFolderFiles(dir.path)
  const ends: string[] = []
  const worker = createTrainingWorker({
    retryDelayMs: 1,
    ...given,
    store,
    files,
    folders: createWorkFolders(dir.path),
    runner: {
      info: { name: 'fake', version: '1.0', canFit: true },
      fit: (job, options = {}) => fit(job, options),
    },
    inputOf: async (id, labelConfig = '') => ({ id, labelConfig, version: 'not asked for' }),
    log,
    onEnd: (_job, outcome) => void ends.push(outcome),
  })
  const intake = createIntake({ store, policy: { quietMs: 1, ...given }, log, onJob: worker.wake })
  await worker.start()
  await intake.start()
  const until = async (isTrue: () => boolean | Promise<boolean>) => {
    const end = Date.now() + 10_000
    while (!(await isTrue())) {
      if (Date.now() > end)
        throw new Error(`It did not come to that: ${ends.join()}\n${log.lines.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  return {
    dir: dir.path,
    store,
    log,
    ends,
    worker,
    until,
    add: (project = '1', more = {}) => intake.accept({ ...eventOf(project, more), receivedAt: Date.now() }),
    async [Symbol.asyncDispose]() {
      intake.close()
      await worker.close()
      dir[Symbol.dispose]()
    },
  }
}

const body = (id: number) => JSON.stringify({ action: 'ANNOTATION_CREATED', annotation: { id } })
const nothing: FitOutcome = { trainOutput: undefined }

describe('a training', () => {
  test('of what came together is one, and makes a version with its files', async () => {
    const jobs: FitJob[] = []
    await using training = await startTraining(async (job) => {
      jobs.push(job)
      writeFileSync(join(job.workDir, 'model.bin'), 'abc')
      const files = [{ path: 'model.bin', bytes: 3, sha256: 'x' }]
      return { trainOutput: { learnt: job.bodies.length }, files, metrics: { accuracy: 0.5 } }
    })
    const config = JSON.stringify({ action: 'PROJECT_UPDATED', project: { id: 1, label_config: '<View/>' } })
    await training.add('1', { action: 'PROJECT_UPDATED', annotations: 0, body: config })
    for (const id of [1, 2]) await training.add('1', { body: body(id) })
    await training.until(() => training.ends.length > 0)

    expect(training.ends).toEqual(['version'])
    expect(jobs).toMatchObject([
      {
        project: { id: '1', labelConfig: '<View/>', version: '1.0', trainOutput: undefined },
        bodies: [config, body(1), body(2)],
      },
    ])
    expect(jobs[0]?.version).toMatch(/^1\.0\+\d{8}T\d{9}$/)
    const version = await training.store.currentVersion('1')
    expect(version).toMatchObject({
      id: jobs[0]?.version,
      trainOutput: '{"learnt":3}',
      metrics: { accuracy: 0.5 },
      parent: undefined,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: [{ path: 'model.bin' }, { path: 'job_result.json' }],
    })
    const folder = join(training.dir, 'projects/1/versions', version?.id ?? '')
    expect(readFileSync(join(folder, 'model.bin'), 'utf8')).toBe('abc')
    expect(JSON.parse(readFileSync(join(folder, 'job_result.json'), 'utf8'))).toEqual({
      status: 'ok',
      train_output: { learnt: 3 },
      project: '1',
      version: version?.id,
      job_id: jobs[0]?.requestId,
      time: expect.any(Number),
      metrics: { accuracy: 0.5 },
    })
    expect(readdirSync(join(training.dir, 'projects/1/jobs'))).toEqual([])
  })

  test('gets what the version before learnt, and its name goes on', async () => {
    const jobs: FitJob[] = []
    await using training = await startTraining(async (job) => {
      jobs.push(job)
      return { trainOutput: jobs.length }
    })
    await training.add()
    await training.until(() => training.ends.length === 1)
    await training.add()
    await training.until(() => training.ends.length === 2)
    const [first, second] = await training.store.listVersions('1')
    expect(jobs[1]?.project).toMatchObject({
      version: first?.id,
      trainOutput: 1,
      files: join(training.dir, 'projects/1/versions', first?.id ?? ''),
    })
    expect(second).toMatchObject({ parent: first?.id, isActive: true })
    expect(second?.fingerprint).not.toBe(first?.fingerprint)
    expect((second?.id ?? '') > (first?.id ?? '')).toBe(true)
  })

  test('that learns nothing ends well, and leaves nothing', async () => {
    await using training = await startTraining(async ({ workDir }) => {
      writeFileSync(join(workDir, 'rest'), '')
      return nothing
    })
    await training.add()
    await training.until(() => training.ends.length > 0)
    expect(training.ends).toEqual(['nothing'])
    expect(await training.store.listJobs()).toMatchObject([{ state: 'succeeded', version: undefined }])
    expect(readdirSync(join(training.dir, 'projects/1/jobs'))).toEqual([])
  })

  test('that is held back keeps its version, which does not serve', async () => {
    await using training = await startTraining(async () => ({ trainOutput: 1, heldBack: 'its f1 is 0.1' }))
    await training.add()
    expect(await training.log.line(/does not serve/)).toContain('its f1 is 0.1')
    expect(training.ends).toEqual(['held_back'])
    expect(await training.store.currentVersion('1')).toBeUndefined()
    expect(await training.store.listVersions('1')).toMatchObject([
      { heldBack: 'its f1 is 0.1', isActive: false },
    ])
  })

  test('keeps how far it is and what it logs', async () => {
    const held = Promise.withResolvers<void>()
    await using training = await startTraining(async (_job, { onProgress, onLog }) => {
      onProgress?.(0.5, 'Half of it')
      onLog?.({ at: 1, level: 'info', message: 'Well.' })
      await held.promise
      return nothing
    })
    await training.add()
    const progressed = async (): Promise<Job> => {
      const end = Date.now() + 10_000
      for (;;) {
        const [job] = await training.store.listJobs()
        if (job?.progress === 0.5) return job
        if (Date.now() > end) throw new Error('How far it is was not kept.')
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    const job = await progressed()
    expect(job).toMatchObject({ message: 'Half of it', state: 'running' })
    expect(await training.store.logOfJob(job.id)).toEqual([{ at: 1, level: 'info', message: 'Well.' }])
    held.resolve()
    await training.until(() => training.ends.length > 0)
  })
})

describe('a training that fails', () => {
  test('is tried again with the same events, and then for good', async () => {
    const seen: string[][] = []
    await using training = await startTraining(async ({ bodies }) => {
      seen.push([...bodies])
      throw new LsmlError('BACKEND_FAILED', 'No luck.')
    })
    await training.add('1', { body: body(1) })
    await training.until(() => training.ends.length === 3)
    expect(training.ends).toEqual(['retried', 'retried', 'failed'])
    expect(seen).toEqual([[body(1)], [body(1)], [body(1)]])
    expect(await training.store.listJobs()).toMatchObject([
      { state: 'failed', attempt: 3, error: { code: 'BACKEND_FAILED', message: 'No luck.' } },
    ])
    expect(training.log.lines).toContain(
      'warn The training failed, and is tried again in 1 s (attempt 1 of 3): No luck.',
    )
    expect(training.log.lines.at(-1)).toBe('error The training failed, and nothing changed: No luck.')
  })

  test('leaves its events to the next one', async () => {
    const seen: number[] = []
    await using training = await startTraining(
      async ({ bodies }) => {
        seen.push(bodies.length)
        if (seen.length === 1) throw new LsmlError('BACKEND_FAILED', 'No luck.')
        return { trainOutput: 1 }
      },
      { maxAttempts: 1 },
    )
    await training.add()
    await training.until(() => training.ends.length === 1)
    await training.add()
    await training.until(() => training.ends.length === 2)
    expect(training.ends).toEqual(['failed', 'version'])
    expect(seen).toEqual([1, 2])
  })

  test('because somebody has to change something is not tried again', async () => {
    await using training = await startTraining(async () => {
      throw new LsmlError('INVALID_PARAMS', 'There is no `x`.')
    })
    await training.add()
    await training.until(() => training.ends.length > 0)
    expect(training.ends).toEqual(['failed'])
  })

  test('takes too long is stopped', async () => {
    await using training = await startTraining((_job, { signal }) => untilAborted(signal), { timeoutMs: 30 })
    await training.add()
    await training.until(() => training.ends.length > 0)
    expect(training.ends).toEqual(['failed'])
    expect(await training.store.listJobs()).toMatchObject([
      {
        state: 'failed',
        error: { code: 'DEADLINE_EXCEEDED', message: expect.stringMatching(/--training-timeout/) },
      },
    ])
  })
})

test('a training that somebody cancels is stopped, and its result is dropped', async () => {
  const begun = Promise.withResolvers<FitJob>()
  await using training = await startTraining(async (job, { signal }) => {
    begun.resolve(job)
    await untilAborted(signal).catch(() => {})
    return { trainOutput: 'too late' }
  })
  await training.add()
  const { requestId } = await begun.promise
  await training.store.cancelJob(requestId, Date.now())
  await training.until(() => training.ends.length > 0)
  expect(training.ends).toEqual(['cancelled'])
  expect(await training.store.listVersions('1')).toEqual([])
  expect(existsSync(join(training.dir, 'projects/1/versions'))).toBe(false)
})

test('there is one training of a project at a time, and as many beside each other as are allowed', async () => {
  const running = new Set<string>()
  let most = 0
  const waiting: (() => void)[] = []
  await using training = await startTraining(
    async ({ project }) => {
      expect(running.has(project.id)).toBe(false)
      running.add(project.id)
      most = Math.max(most, running.size)
      await new Promise<void>((resolve) => waiting.push(resolve))
      running.delete(project.id)
      return nothing
    },
    { concurrency: 2 },
  )
  for (const project of ['1', '2', '3']) await training.add(project)
  await training.until(() => waiting.length === 2)
  for (const project of ['1', '1']) await training.add(project)
  await training.until(async () => (await training.store.counts()).queued === 1)
  expect(await training.store.counts()).toMatchObject({ queued: 1, running: 2 })
  for (let at = 0; at < 4; at++) {
    await training.until(() => waiting.length > at)
    waiting[at]?.()
  }
  await training.until(() => training.ends.length === 4)
  expect(most).toBe(2)
  expect((await training.store.listJobs({ project: '1' })).map(({ events }) => events)).toEqual([2, 1])
})

test('a worker that stops gives its job back, as if it had not been tried', async () => {
  const store = createMemoryStore()
  const begun = Promise.withResolvers<void>()
  {
    await using training = await startTraining(
      (_job, { signal }) => {
        begun.resolve()
        return untilAborted(signal)
      },
      {},
      store,
    )
    await training.add()
    await begun.promise
  }
  expect(await store.listJobs()).toMatchObject([{ state: 'queued', attempt: 0 }])
  await using next = await startTraining(async () => ({ trainOutput: 1 }), {}, store)
  await next.until(() => next.ends.length > 0)
  expect(await store.listJobs()).toMatchObject([{ state: 'succeeded', attempt: 1 }])
})

test('events from before a start are learnt from', async () => {
  const store = createMemoryStore()
  await store.addEvent(eventOf('1', { body: body(1) }))
  const seen: string[] = []
  await using training = await startTraining(
    async ({ bodies }) => {
      seen.push(...bodies)
      return nothing
    },
    {},
    store,
  )
  await training.until(() => training.ends.length > 0)
  expect(seen).toEqual([body(1)])
})

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new LsmlError('CANCELLED', 'Nobody waits for the answer any more.'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })
}
