import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostSettings } from '../../src/projects/settings.ts'
import type { DispatchOptions } from '../../src/runner/dispatch.ts'
import type { PredictJob, ProjectInput, Runner, TaskOutcome } from '../../src/runner/runner.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { createGate } from '../_helpers/gate.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

export const XML = '<View><Image name="image" value="$image"/><TextArea name="text" toName="image"/></View>'

/** Makes a runner of `backends/scripted.ts`. */
export type CreateRunner = (settings?: HostSettings, options?: DispatchOptions) => Promise<Runner>

export function projectOf(id: string, more: Partial<ProjectInput> = {}): ProjectInput {
  return { id, labelConfig: XML, version: '1', ...more }
}

/** A job whose tasks are numbered from 1 and do what is said, in order. */
export function jobOf(
  project: string | ProjectInput,
  actions: readonly (string | Record<string, unknown> | undefined)[],
  more: Partial<PredictJob> = {},
): PredictJob {
  return {
    project: typeof project === 'string' ? projectOf(project) : project,
    tasks: actions.map((action, index) => ({
      id: index + 1,
      data: typeof action === 'object' ? action : { do: action },
    })),
    requestId: 'test',
    deadline: Date.now() + 60_000,
    ...more,
  }
}

/** What the scripted backend says it was given, or the code of the task's error. */
export function said(outcome: TaskOutcome | undefined): Record<string, unknown> | string {
  if (outcome === undefined) return 'nothing'
  if ('error' in outcome) return outcome.error.code
  const [region] = outcome.predictions[0]?.result ?? []
  const { text } = (region as unknown as { value: { text: [string] } }).value
  return JSON.parse(text[0])
}

export function describeRunner(name: string, create: CreateRunner): void {
  describe(name, () => {
    let runner: Runner
    beforeAll(async () => {
      runner = await create()
    })
    afterAll(async () => {
      await runner.close()
    })

    const predict = (...job: Parameters<typeof jobOf>) => runner.predict(jobOf(...job))

    describe('a prediction', () => {
      test('has one outcome per task, in order, also over many chunks', async () => {
        const outcomes = await predict('order', Array(30).fill(undefined))
        expect(outcomes.map((outcome) => (said(outcome) as { task: number }).task)).toEqual(
          Array.from({ length: 30 }, (_, index) => index + 1),
        )
        expect(said(outcomes[0])).toMatchObject({ tasks: 8 })
        expect(said(outcomes[29])).toMatchObject({ tasks: 6 })
      })

      test('of no task has no outcome', async () => {
        expect(await predict('none', [])).toEqual([])
      })

      test('carries the version of the project', async () => {
        const [outcome] = await predict(
          projectOf('version', { version: '7-trained', trainOutput: { weights: 1 } }),
          [''],
        )
        expect(outcome).toMatchObject({
          predictions: [{ model_version: '7-trained', score: 0.5 }],
          several: false,
        })
        expect(said(outcome)).toMatchObject({ version: '7-trained', trainOutput: { weights: 1 } })
      })

      test('of several for one task keeps them', async () => {
        const [outcome] = await predict('several', ['several'])
        expect(outcome).toMatchObject({
          several: true,
          predictions: [{ model_version: '1' }, { model_version: '1', result: [] }],
        })
      })

      test('has types in lower case, and not the regions that do not fit', async () => {
        const [outcome] = await predict('dropped', ['bad region'])
        expect(outcome).toMatchObject({
          predictions: [{ result: [{ id: 'r1', type: 'textarea' }] }],
          dropped: [{ rule: 'from_name', region: 'bad (item 0)' }],
        })
      })
    })

    describe('a failure', () => {
      test('of one task leaves the others theirs', async () => {
        const outcomes = await predict('failure', ['', 'fail', ''])
        expect(outcomes[1]).toEqual({ error: { code: 'MEDIA_UNAVAILABLE', message: 'The picture is gone.' } })
        expect(outcomes.map(said)).toMatchObject([{ task: 1 }, 'MEDIA_UNAVAILABLE', { task: 3 }])
      })

      test('of the whole call rejects with what was thrown', async () => {
        await expect(predict('throw', ['', 'throw'])).rejects.toMatchObject({
          code: 'BACKEND_FAILED',
          message: '`predict` of the backend failed: the model melted',
        })
      })

      test('that is no Error is wrapped', async () => {
        await expect(predict('throw', ['throw text'])).rejects.toMatchObject({
          code: 'BACKEND_FAILED',
          message: expect.stringContaining('"a word"'),
        })
      })

      test('of one chunk leaves the other chunks theirs', async () => {
        const outcomes = await predict('chunk', [...Array(8).fill(''), 'throw'])
        const answers = outcomes.map(said)
        expect(answers[7]).toMatchObject({ task: 8 })
        expect(answers[8]).toBe('BACKEND_FAILED')
      })

      test('to answer one entry per task names both numbers', async () => {
        await expect(predict('miscount', ['', '', 'miscount'])).rejects.toMatchObject({
          code: 'PREDICTION_MISMATCH',
          message: expect.stringMatching(/answered 2 entries for 3 tasks/),
        })
      })

      test.each([
        ['null', /task 2 .* null/],
        ['no result', /task 2 .*`result`/],
        ['no score', /task 2 .*`score`.*`NaN`/],
      ])('that is an entry with %s names its task', async (action, message) => {
        const outcomes = await predict('entries', ['', action])
        expect(outcomes[1]).toMatchObject({
          error: { code: 'INVALID_BACKEND', message: expect.stringMatching(message) },
        })
        expect(said(outcomes[0])).toMatchObject({ task: 1 })
      })

      test('of the labeling config is said where it is wrong', async () => {
        const project = projectOf('xml', { labelConfig: '<View><Image' })
        await expect(predict(project, [''])).rejects.toMatchObject({ code: 'INVALID_LABEL_CONFIG' })
        await expect(runner.setUp(project)).rejects.toMatchObject({ code: 'INVALID_LABEL_CONFIG' })
      })

      test('of the params names the one that is meant', async () => {
        const project = projectOf('params', { extraParams: { score_treshold: 0.3 } })
        await expect(predict(project, [''])).rejects.toMatchObject({
          code: 'INVALID_PARAMS',
          message: expect.stringMatching(/`score_treshold`.*extra params.*Did you mean `score_threshold`\?/),
        })
      })
    })

    describe('params', () => {
      test("come from the settings, then the project's extra params, then attributes of control tags", async () => {
        const own = await create({ params: [{ source: '--with', values: { score_threshold: '0.1' } }] })
        const extraParams = { score_threshold: 0.2 }
        const labelConfig = XML.replace('<TextArea', '<TextArea model_score_threshold="0.3"')
        const projects = [
          projectOf('a'),
          projectOf('b', { extraParams }),
          projectOf('c', { extraParams, labelConfig }),
        ]
        const thresholds = []
        for (const project of projects) {
          const [outcome] = await own.predict(jobOf(project, ['']))
          thresholds.push((said(outcome) as { scoreThreshold: number }).scoreThreshold)
        }
        expect(thresholds).toEqual([0.1, 0.2, 0.3])
        await own.close()
      })

      test('that are unknown in the settings are refused at the start', async () => {
        const params = [{ source: '--with', values: { scoreTreshold: 1 } }]
        await expect(create({ params })).rejects.toMatchObject({
          code: 'INVALID_PARAMS',
          message: expect.stringMatching(/--with.*Did you mean `scoreThreshold`/),
        })
      })
    })

    describe('the state of a project', () => {
      test('is set up once, by whoever comes first, and disposed at the end', async () => {
        using dir = tempDir()
        const journal = join(dir.path, 'journal')
        const own = await create({ params: [{ source: '--with', values: { journal } }] })
        own.warm(projectOf('p'))
        const outcomes = await Promise.all([
          own.setUp(projectOf('p')),
          own.predict(jobOf('p', [''])),
          own.predict(jobOf('p', [''])),
        ])
        expect(said(outcomes[1][0])).toMatchObject({
          model: (said(outcomes[2][0]) as { model: number }).model,
        })
        expect(own.status()).toMatchObject([{ state: 'ready', projects: ['p'] }])
        await own.close()
        const lines = readFileSync(journal, 'utf8').split('\n')
        expect(lines.filter((line) => line.startsWith('setup'))).toEqual(['setup p 1'])
        expect(lines.filter((line) => line.startsWith('dispose'))).toEqual(['dispose p 1'])
      })

      test('that cannot be warmed up is no trouble for others', async () => {
        runner.warm(projectOf('cold', { labelConfig: '<View' }))
        runner.warm(projectOf('cold', { extraParams: { zebra: 1 } }))
        expect(said((await predict('warm', ['']))[0])).toMatchObject({ task: 1 })
        await expect(predict(projectOf('cold', { extraParams: { zebra: 1 } }), [''])).rejects.toMatchObject({
          code: 'INVALID_PARAMS',
        })
      })

      test('that failed to be set up is tried again', async () => {
        using dir = tempDir()
        const failWhile = join(dir.path, 'missing-weights')
        writeFileSync(failWhile, '')
        const project = projectOf('retried', { extraParams: { failWhile } })
        await expect(predict(project, [''])).rejects.toMatchObject({
          code: 'BACKEND_FAILED',
          message: '`setup` of the backend failed: no weights',
        })
        rmSync(failWhile)
        expect(said((await predict(project, ['']))[0])).toMatchObject({ task: 1 })
      })

      test('is made anew for another version, config or params, and the old one disposed', async () => {
        using dir = tempDir()
        const journal = join(dir.path, 'journal')
        const own = await create({ params: [{ source: '--with', values: { journal } }], lingerMs: 0 })
        const first = projectOf('p')
        const changes = [
          first,
          projectOf('p', { version: '2' }),
          projectOf('p', { version: '2', labelConfig: XML.replace('<View>', '<View style="">') }),
          projectOf('p', { version: '2', extraParams: { scoreThreshold: 0.9 } }),
          first,
        ]
        for (const project of changes) await own.predict(jobOf(project, ['']))
        expect(own.status()).toMatchObject([{ projects: ['p'] }])
        const before = readFileSync(journal, 'utf8').split('\n')
        await own.close()
        const versions = ['1', '2', '2', '2', '1']
        expect(before.filter((line) => line.startsWith('setup'))).toEqual(versions.map((v) => `setup p ${v}`))
        expect(before.filter((line) => line.startsWith('dispose'))).toEqual(
          versions.slice(0, -1).map((v) => `dispose p ${v}`),
        )
      })

      test('is not that of another project', async () => {
        const ids = ['x', 'y', 'z']
        const outcomes = await Promise.all(ids.map((id) => predict(`concurrent-${id}`, ['', ''])))
        const answers = outcomes.flat().map((outcome) => said(outcome) as { project: string; model: number })
        expect(answers.map(({ project }) => project)).toEqual(
          ids.flatMap((id) => Array(2).fill(`concurrent-${id}`)),
        )
        expect(new Set(answers.map(({ model }) => model)).size).toBe(3)
      })

      test('is dropped when more projects come than are kept, the least recently used first', async () => {
        const own = await create({ maxStates: 2 })
        for (const id of ['a', 'b', 'a', 'c']) await own.predict(jobOf(id, ['']))
        expect(own.status().flatMap(({ projects }) => projects)).toEqual(['a', 'c'])
        await own.close()
      })
    })

    describe('a smart tool', () => {
      test.each([
        ['regions', { result: [{ id: 'k' }] }, ['k']],
        ['no regions', { result: [] }, []],
        ['a null', { result: null }, []],
        ['nothing', {}, []],
      ])('that sends %s is told from a batch', async (_name, context, drawn) => {
        const [outcome] = await predict('drawn', [''], { context })
        expect(said(outcome)).toMatchObject({ drawn })
        expect(said((await predict('drawn', ['']))[0])).not.toHaveProperty('drawn')
      })

      test('goes before the waiting chunks of a batch', async () => {
        using dir = tempDir()
        using gate = createGate()
        const journal = join(dir.path, 'journal')
        const own = await create({ params: [{ source: '--with', values: { journal } }] }, { chunkSize: 1 })
        const batch = own.predict(jobOf('p', [{ do: 'wait', at: gate.url('a') }, '', '']))
        await gate.arrived('a')
        const drawn = own.predict({ ...jobOf('p', ['']), context: {}, tasks: [{ id: 99, data: {} }] })
        gate.open('a')
        await Promise.all([batch, drawn])
        const order = readFileSync(journal, 'utf8').match(/(?<=predict )\d+/g)
        expect(order).toEqual(['1', '99', '2', '3'])
        await own.close()
      })
    })

    describe('a deadline', () => {
      test('leaves what is finished, and fails the rest', async () => {
        using gate = createGate()
        const own = await create({}, { chunkSize: 1 })
        await own.setUp(projectOf('p'))
        const outcomes = await own.predict(
          jobOf('p', ['', { do: 'wait', at: gate.url('never') }, ''], { deadline: Date.now() + 1500 }),
        )
        expect(outcomes.map(said)).toMatchObject([{ task: 1 }, 'DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED'])
        gate.open('never')
        expect(said((await own.predict(jobOf('p', [''])))[0])).toMatchObject({ task: 1 })
        await own.close()
      })

      test('of a prediction that finished nothing rejects', async () => {
        using gate = createGate()
        const own = await create()
        const late = own.predict(
          jobOf('p', [{ do: 'wait', at: gate.url('a') }], { deadline: Date.now() + 200 }),
        )
        await expect(late).rejects.toMatchObject({
          code: 'DEADLINE_EXCEEDED',
          message: expect.stringMatching(/0\.2 s/),
        })
        gate.open('a')
        await own.close()
      })
    })

    describe('a client that hangs up', () => {
      test('gets no answer, and the backend is told', async () => {
        using dir = tempDir()
        using gate = createGate()
        const journal = join(dir.path, 'journal')
        const own = await create({ params: [{ source: '--with', values: { journal } }] }, { chunkSize: 1 })
        const controller = new AbortController()
        const job = jobOf('p', [{ do: 'until aborted', at: gate.url('a') }, ''])
        const prediction = own.predict(job, { signal: controller.signal })
        gate.open('a')
        await gate.arrived('a')
        controller.abort()
        await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' })
        await own.predict(jobOf('p', ['']))
        await own.close()
        const calls = [
          'setup p 1',
          'predict 1',
          'aborted 1',
          'predicted 1',
          'predict 1',
          'predicted 1',
          'dispose p 1',
          '',
        ]
        expect(readFileSync(journal, 'utf8').split('\n')).toEqual(calls)
      })

      test('before its turn is not predicted for', async () => {
        using dir = tempDir()
        using gate = createGate()
        const journal = join(dir.path, 'journal')
        const own = await create({ params: [{ source: '--with', values: { journal } }] })
        const running = own.predict(jobOf('p', [{ do: 'wait', at: gate.url('a') }]))
        await gate.arrived('a')
        const controller = new AbortController()
        const waiting = own.predict(jobOf('p', ['', '']), { signal: controller.signal })
        controller.abort()
        await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
        gate.open('a')
        await running
        await own.close()
        expect(readFileSync(journal, 'utf8')).not.toContain('predict 1,2')
      })
    })

    describe('training', () => {
      const body = { action: 'START_TRAINING', project: { id: 'fit', label_config: XML } }

      test('gives back what `fit` returned, which it was told of the version in use', async () => {
        const project = projectOf('fit', { version: '3', trainOutput: { weights: 3 } })
        const { trainOutput } = await runner.fit(fitJob(project, body))
        expect(trainOutput).toMatchObject({
          action: 'START_TRAINING',
          project: 'fit',
          previous: { version: '3', trainOutput: { weights: 3 } },
        })
      })

      test('has a folder of its own, and gives back what files lie there', async () => {
        const job = fitJob(projectOf('fit'), { ...body, leave: { 'a.txt': 'abc', 'deep/b.txt': '' } })
        const { files, trainOutput } = await runner.fit(job)
        expect(trainOutput).toMatchObject({ workDir: job.workDir })
        expect(files).toEqual([
          {
            path: 'a.txt',
            bytes: 3,
            sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          },
          {
            path: 'deep/b.txt',
            bytes: 0,
            sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
          },
        ])
      })

      test('tells how far it is and what it logs', async () => {
        const told: unknown[] = []
        const lines: string[] = []
        await runner.fit(fitJob(projectOf('fit'), { ...body, progress: [0.25, 7] }), {
          onProgress: (fraction, message) => told.push([fraction, message]),
          onLog: ({ level, message }) => lines.push(`${level} ${message}`),
        })
        expect(told).toEqual([
          [0.25, 'at 0.25'],
          [1, 'at 7'],
        ])
        expect(lines).toEqual(['info learning {"seen":1}'])
      })

      test('whose result cannot be set up fails', async () => {
        const project = projectOf('fit')
        const fit = runner.fit(fitJob(project, { ...body, learns: 'what no setup takes' }))
        await expect(fit).rejects.toMatchObject({
          code: 'BACKEND_FAILED',
          message: expect.stringContaining('`setup` of the backend failed'),
        })
      })

      test.each([
        ['a function', 'function', /`fit` returned is a function and no JSON/],
        ['a circle', 'circle', /`fit` returned is no JSON/],
      ])('whose result is %s is refused', async (_name, returns, message) => {
        await expect(runner.fit(fitJob(projectOf('fit'), { ...body, returns }))).rejects.toMatchObject({
          code: 'INVALID_BACKEND',
          message: expect.stringMatching(message),
        })
      })

      test('goes on beside another one', async () => {
        using gate = createGate()
        const fits = ['a', 'b'].map((name) =>
          runner.fit(fitJob(projectOf(`fit-${name}`), { ...body, at: gate.url(name) })),
        )
        await Promise.all([gate.arrived('a'), gate.arrived('b')])
        gate.open('a')
        gate.open('b')
        expect(await Promise.all(fits)).toHaveLength(2)
      })

      test('goes on beside predictions', async () => {
        using gate = createGate()
        const fit = runner.fit(fitJob(projectOf('fit'), { ...body, at: gate.url('a') }))
        await gate.arrived('a')
        expect(said((await predict('beside', ['']))[0])).toMatchObject({ task: 1 })
        gate.open('a')
        expect(await fit).toMatchObject({ trainOutput: { action: 'START_TRAINING' } })
      })

      test('with params that are invalid is refused', async () => {
        const project = projectOf('fit', { extraParams: { scoreThreshold: 'high' } })
        await expect(runner.fit(fitJob(project, body))).rejects.toMatchObject({
          code: 'INVALID_PARAMS',
        })
      })
    })

    describe('closing', () => {
      test('lets what runs finish, and takes nothing new', async () => {
        using gate = createGate()
        const own = await create()
        const running = own.predict(jobOf('p', [{ do: 'wait', at: gate.url('a') }]))
        await gate.arrived('a')
        const closed = own.close({ graceMs: 60_000 })
        await expect(own.predict(jobOf('p', ['']))).rejects.toMatchObject({ code: 'CANCELLED' })
        await expect(own.setUp(projectOf('p'))).rejects.toMatchObject({ code: 'CANCELLED' })
        gate.open('a')
        expect(said((await running)[0])).toMatchObject({ task: 1 })
        await closed
        expect(own.status()).toMatchObject([{ state: 'stopped' }])
      })

      test('fails what does not finish in time', async () => {
        const own = await create()
        const running = own.predict(jobOf('p', ['hang']))
        const closed = own.close({ graceMs: 100 })
        await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
        await closed
      })
    })
  })
}
