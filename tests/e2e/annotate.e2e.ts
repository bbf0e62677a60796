import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lsml, main } from '../cli/_run.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findLabelStudio, RELEASES } from './label-studio/find.ts'
import { createEmptyProject } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'

const words = resolve(import.meta.dir, '../cli/backends/words')
const labelConfig = await Bun.file(`${words}/labeling.xml`).text()

const found = await findLabelStudio()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

interface Stored {
  readonly id: number
  readonly task: number
  readonly model_version: string
  readonly result: readonly { readonly value: { readonly choices: readonly string[] } }[]
}

const textsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `${index % 2 ? 'x' : 'y'}${index}`)

const answers = (all: readonly Stored[]) =>
  all.flatMap(({ result }) => result.flatMap(({ value }) => value.choices))

/** Long enough to be interrupted, and short enough for a test. */
const SLOWLY = ['--with', 'delayMs=40']

describe.skipIf('absent' in found)(`lsml annotate with a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio
  let env: Readonly<Record<string, string>>

  beforeAll(async () => {
    studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
    env = {
      LABEL_STUDIO_URL: studio.url,
      LABEL_STUDIO_API_KEY: studio.api.personalAccessToken,
      XDG_CACHE_HOME: cleanUp.use(tempDir()).path,
      LSML_DATA_DIR: cleanUp.use(tempDir()).path,
    }
  }, 300_000)
  afterAll(() => cleanUp.disposeAsync(), 60_000)

  async function createProject(texts: readonly string[]): Promise<{ id: number; tasks: readonly number[] }> {
    const { id } = await studio.api.post<{ id: number }>('/api/projects', {
      title: 'Words',
      label_config: labelConfig,
    })
    const tasks = texts.map((text, index) => ({ text, kind: index % 2 === 0 ? 'even' : 'odd' }))
    await studio.api.post(`/api/projects/${id}/import`, tasks)
    const listed = await studio.api.get<{ tasks: { id: number }[] }>(
      `/api/tasks?project=${id}&page_size=1000&query=${encodeURIComponent('{"ordering":["tasks:id"]}')}`,
    )
    return { id, tasks: listed.tasks.map((task) => task.id) }
  }

  const annotate = (id: number, ...flags: readonly string[]) =>
    lsml(['annotate', words, '--project', String(id), ...flags], { env })
  const stored = (id: number) => studio.api.get<Stored[]>(`/api/predictions?project=${id}`)

  /** How many are stored, for little work of Label Studio's: it has to serve the run that is watched. */
  const countStored = async (id: number) => {
    const page = await studio.api.get<{ total_predictions: number }>(
      `/api/tasks?project=${id}&page_size=1&include=id`,
    )
    return page.total_predictions
  }

  /** Starts it, and sends a signal when it is time. */
  async function interrupt(
    { id }: { readonly id: number },
    flags: readonly string[],
    { signal, when }: { readonly signal: NodeJS.Signals; readonly when: () => Promise<boolean> },
  ) {
    const child = Bun.spawn([process.execPath, main, 'annotate', words, '--project', String(id), ...flags], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    const deadline = Date.now() + 60_000
    while (!(await when())) {
      if (child.exitCode !== null)
        throw new Error(`It ended with ${child.exitCode} before it was interrupted.`)
      if (Date.now() > deadline) throw new Error('It stored nothing within a minute.')
      await Bun.sleep(150)
    }
    child.kill(signal)
    return { code: await child.exited, stdout: await new Response(child.stdout).text() }
  }

  test('every task gets one prediction of our version; a second run predicts nothing', async () => {
    const { id, tasks } = await createProject(textsOf(30))
    const first = await annotate(id)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^30 of 30 tasks predicted \(/) })
    expect(first.stderr).toContain(`Project ${id} (Words): 30 tasks, predicted with words 3.1.0.`)
    const predictions = await stored(id)
    expect(predictions.map(({ task }) => task).toSorted((a, b) => a - b)).toEqual([...tasks])
    expect(new Set(predictions.map(({ model_version }) => model_version))).toEqual(new Set(['3.1.0']))
    const second = await annotate(id, '--json')
    expect(JSON.parse(second.stdout)).toMatchObject({ tasks: 30, stored: 0, passed: 30, failed: 0 })
    expect(await stored(id)).toEqual(predictions)
  }, 60_000)

  test('killed twice under way, it goes on, and no task has two', async () => {
    const { id, tasks } = await createProject(textsOf(160))
    for (const least of [1, 80]) {
      const killed = await interrupt({ id }, SLOWLY, {
        signal: 'SIGKILL',
        when: async () => (await countStored(id)) >= least,
      })
      expect(killed.code).toBe(137)
      const count = (await stored(id)).length
      expect(count).toBeGreaterThanOrEqual(least)
      expect(count).toBeLessThan(160)
    }
    const last = await annotate(id)
    expect(last.code).toBe(0)
    expect(last.stdout).toMatch(/^\d+ of 160 tasks predicted, \d+ left as they were/)
    const predicted = (await stored(id)).map(({ task }) => task)
    expect(predicted.toSorted((a, b) => a - b)).toEqual([...tasks])
  }, 240_000)

  test('Ctrl-C stores what is predicted, and ends with 1', async () => {
    const { id, tasks } = await createProject(textsOf(160))
    const stopped = await interrupt({ id }, SLOWLY, {
      signal: 'SIGINT',
      when: async () => (await countStored(id)) > 0,
    })
    expect(stopped.code).toBe(1)
    const [, count] =
      /^(\d+) of 160 tasks predicted, \d+ not begun: run the same command again/.exec(stopped.stdout) ?? []
    expect((await stored(id)).length).toBe(Number(count))
    expect((await annotate(id)).code).toBe(0)
    expect((await stored(id)).length).toBe(tasks.length)
  }, 240_000)

  test('overwriting replaces what there is, once, also when it was killed under way', async () => {
    const { id, tasks } = await createProject(textsOf(80))
    await annotate(id)
    expect(answers(await stored(id)).filter((answer) => answer === 'Yes')).toHaveLength(40)
    const flags = ['--overwrite', '--with', 'delayMs=20', 'answer=No']
    // It keeps a list of what is done beside its downloads, a batch at a time.
    const cache = join(env.XDG_CACHE_HOME ?? '', 'lsml')
    const hasDone = async () =>
      existsSync(cache) && readdirSync(cache).some((name) => name.startsWith('overwrite-'))
    await interrupt({ id }, flags, { signal: 'SIGKILL', when: hasDone })
    expect(answers(await stored(id))).toContain('Yes')
    const last = await annotate(id, ...flags)
    expect(last.code).toBe(0)
    expect(last.stderr).toMatch(/Going on with a run that was interrupted: it has done [1-9]\d* tasks/)
    const all = await stored(id)
    expect(new Set(answers(all))).toEqual(new Set(['No']))
    expect(all.map(({ task }) => task).toSorted((a, b) => a - b)).toEqual([...tasks])
    // What is finished is forgotten: the next one begins anew.
    const few = await annotate(id, ...flags, '--where', `id<=${tasks[4]}`)
    expect(few).toMatchObject({ code: 0, stderr: expect.not.stringContaining('interrupted') })
  }, 240_000)

  test('tasks that fail are listed, the others are predicted, and it ends with 1', async () => {
    const { id, tasks } = await createProject(['x1', 'fail', 'y2', 'die', 'x3'])
    const { code, stdout, stderr } = await annotate(id)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^3 of 5 tasks predicted, 2 failed/)
    expect(stderr).toContain(`lsml: task ${tasks[1]}: this text cannot be read\n`)
    expect(stderr).toContain(`lsml: task ${tasks[3]}: The worker process ended.`)
    expect((await stored(id)).map(({ task }) => task).toSorted((a, b) => a - b)).toEqual(
      [0, 2, 4].map((index) => tasks[index] as number),
    )
  }, 60_000)

  test('only tasks that fit all conditions are predicted', async () => {
    const { id, tasks } = await createProject(textsOf(10))
    await studio.api.post(`/api/tasks/${tasks[2]}/annotations`, {
      result: [{ from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: ['No'] } }],
    })
    const { code } = await annotate(
      id,
      '--where',
      'unlabeled',
      '--where',
      'kind=even',
      '--where',
      `id<=${tasks[6]}`,
    )
    expect(code).toBe(0)
    expect((await stored(id)).map(({ task }) => task).toSorted((a, b) => a - b)).toEqual(
      [0, 4, 6].map((index) => tasks[index] as number),
    )
    const either = JSON.stringify({
      conjunction: 'or',
      items: [1, 3].map((index) => ({
        filter: 'filter:tasks:id',
        operator: 'equal',
        type: 'Number',
        value: tasks[index],
      })),
    })
    expect((await annotate(id, '--where', either)).stdout).toMatch(/^2 of 2 tasks predicted/)
    expect((await annotate(id, '--where', 'text~x')).stdout).toMatch(/^3 of 5 tasks predicted, 2 left/)
  }, 60_000)

  test('the token that is refused, and the project that is not there, are told', async () => {
    const refused = await lsml(['annotate', words, '--project', '1'], {
      env: { ...env, LABEL_STUDIO_API_KEY: '0'.repeat(40) },
    })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('LABEL_STUDIO_API_KEY') })
    expect(await annotate(999_999)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no project 999999'),
    })
  })
})

const [, old] = RELEASES
const foundOld = await findLabelStudio(old)
const skippedOld = 'absent' in foundOld ? ` (skipped: ${foundOld.absent})` : ''

describe.skipIf('absent' in foundOld)(
  `lsml annotate with a Label Studio of ${old?.year}${skippedOld}`,
  () => {
    test('every task gets one prediction, which is replaced when that is wanted', async () => {
      await using studio = await startLabelStudio('executable' in foundOld ? foundOld.executable : '')
      using folder = tempDir()
      const { token } = await studio.api.get<{ token: string }>('/api/current-user/token')
      const env = {
        LABEL_STUDIO_URL: studio.url,
        LABEL_STUDIO_API_KEY: token,
        XDG_CACHE_HOME: folder.path,
        LSML_DATA_DIR: folder.path,
      }
      const project = await createEmptyProject(studio.api, labelConfig)
      const tasks = await project.add(textsOf(120).map((text) => ({ text })))
      const annotate = (...flags: readonly string[]) =>
        lsml(['annotate', words, '--project', String(project.id), ...flags], { env })
      const predicted = async () =>
        (await project.predictions())
          .map((each) => (each as unknown as Stored).task)
          .toSorted((a, b) => a - b)
      expect((await annotate('--where', `id<=${tasks[49]}`)).stdout).toMatch(/^50 of 50 tasks predicted/)
      expect((await annotate()).stdout).toMatch(/^70 of 120 tasks predicted, 50 left as they were/)
      expect(await predicted()).toEqual([...tasks])
      expect((await annotate('--overwrite', '--where', `id<=${tasks[9]}`)).stdout).toMatch(/^10 of 10 tasks/)
      expect(await predicted()).toEqual([...tasks])
    }, 300_000)
  },
)
