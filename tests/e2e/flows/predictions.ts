import { expect, test } from 'bun:test'
import { createEmptyProject } from '../label-studio/project.ts'
import type { Release } from '../label-studio/find.ts'
import { startRecorder } from '../recorder/start.ts'
import { type Flow, has, PAGE, TEXT, TEXT_OF_PAGE, testWith, testWithout, texts } from './flow.ts'

/** What Label Studio asks for, and what it stores. */
export function testPredictions(release: Release, flow: () => Flow): void {
  const retrievedOnce = async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const tasks = await project.add(texts(200))
    await project.connect(recorder.url)
    return { project, tasks, recorder, asked: () => askedTasks(recorder.calls('predict', project.id)) }
  }

  testWith(release, 'filter for predicted tasks')(
    'predictions of 1, 2 and 200 tasks are stored once, with our version; tasks that have one are not sent again',
    async () => {
      const { project, tasks, asked } = await retrievedOnce()
      await project.retrieve(tasks.slice(0, 1))
      expect(asked()).toEqual(tasks.slice(0, 1))
      await project.retrieve(tasks.slice(1, 3))
      expect(asked()).toEqual(tasks.slice(0, 3))
      await project.retrieve()
      expect(asked()).toEqual([...tasks])
      const stored = await project.predictions()
      expect(stored.map(({ task }) => task).toSorted((a, b) => a - b)).toEqual([...tasks])
      for (const prediction of stored) {
        expect(prediction).toMatchObject({
          model_version: '1.0.0',
          score: 0.5,
          result: [{ from_name: 'topic', type: 'choices', value: { choices: ['Billing'] } }],
        })
      }
      await project.retrieve()
      expect(asked()).toEqual([...tasks])
      expect(await project.predictions()).toHaveLength(200)
    },
  )

  testWithout(release, 'filter for predicted tasks')(
    'predictions of 1, 2 and 200 tasks are stored with our version, and all are asked for again each time',
    async () => {
      const { project, tasks, asked } = await retrievedOnce()
      await project.retrieve(tasks.slice(0, 1))
      await project.retrieve(tasks.slice(1, 3))
      expect(asked()).toEqual(tasks.slice(0, 3))
      expect(await project.predictions()).toHaveLength(3)
      await project.retrieve()
      expect(asked()).toEqual([...tasks.slice(0, 3), ...tasks].toSorted((a, b) => a - b))
      const stored = await project.predictions()
      expect(stored).toHaveLength(203)
      expect(new Set(stored.map(({ model_version }) => model_version))).toEqual(new Set(['1.0.0']))
    },
  )

  test('after another version has come, tasks are sent again and get one more', async () => {
    await using recorder = await startRecorder()
    const project = await createEmptyProject(flow().studio.api, TEXT)
    const tasks = await project.add(texts(2))
    await project.connect(recorder.url)
    await project.retrieve()
    await recorder.restart('2.0.0')
    await project.retrieve()
    const calls = recorder.calls('predict', project.id)
    expect(calls.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0'])
    const stored = await project.predictions()
    const expected = tasks.flatMap((task) => [`${task} 1.0.0`, `${task} 2.0.0`])
    expect(stored.map((one) => `${one.task} ${one.model_version}`).toSorted()).toEqual(expected.toSorted())
  })

  test('a task that is opened gets its prediction, once', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const [task = 0] = await project.add(texts(1))
    await project.connect(recorder.url)
    const { predictions } = await project.open(task)
    // Older releases answer with what was there before they asked.
    expect(predictions).toHaveLength(has(release, 'prediction in the first answer') ? 1 : 0)
    expect((await project.open(task)).predictions).toMatchObject([{ model_version: '1.0.0' }])
    expect(recorder.calls('predict', project.id)).toHaveLength(1)
  })

  testWith(release, 'predictions in the label stream')(
    'the next task of the label stream has its prediction',
    async () => {
      const { studio, recorder } = flow()
      const project = await createEmptyProject(studio.api, TEXT)
      const [task = 0] = await project.add(texts(2))
      await project.connect(recorder.url)
      const next = await project.next()
      expect(next).toMatchObject({ id: task, predictions: [{ model_version: '1.0.0' }] })
      expect((await project.predictions()).map((one) => one.task)).toEqual([task])
    },
  )

  test('a task that cannot be predicted costs the others nothing', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const broken = { data: { text: 'no more', fails: 'true' } }
    const [first, second, third] = await project.add([...texts(1), broken, ...texts(1)])
    await project.connect(recorder.url)
    await project.retrieve()
    const stored = await project.predictions()
    const answered = stored.filter(({ result }) => result.length > 0).map(({ task }) => task)
    expect(answered.toSorted((a, b) => a - b)).toEqual([first ?? 0, third ?? 0])
    expect(recorder.stderr()).toContain(`task ${second} fails`)
  })

  test('both controls of a project get their answer, and one that is added later, too', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, PAGE)
    const [task = 0] = await project.add(Bun.file(`${import.meta.dir}/page.png`))
    await project.connect(recorder.url)
    await project.retrieve()
    expect(await fromNames(project)).toEqual([['box']])
    await project.set({ label_config: TEXT_OF_PAGE.replace('"Word"', '"Line"') })
    await project.add(Bun.file(`${import.meta.dir}/page.png`))
    const [, added = 0] = await project.tasks()
    await project.retrieve([added])
    const [, stored] = (await project.predictions()).toSorted((a, b) => a.task - b.task)
    expect(stored).toMatchObject({
      task: added,
      result: [
        { from_name: 'box', value: { rectanglelabels: ['Line'] }, original_width: 60, original_height: 40 },
        { from_name: 'reading', value: { text: ['read'] } },
      ],
    })
    expect(added).toBeGreaterThan(task)
  })

  test('a labeling config that is no XML is refused by Label Studio; one without controls gets empty predictions', async () => {
    const { studio, recorder } = flow()
    await expect(createEmptyProject(studio.api, '<View><Text')).rejects.toThrow('400')
    const project = await createEmptyProject(studio.api, '<View><Text name="text" value="$text"/></View>')
    await project.add(texts(1))
    expect(await project.connect(recorder.url)).toMatchObject({ state: 'CO', error_message: null })
    await project.retrieve()
    expect(await project.predictions()).toMatchObject([{ model_version: '1.0.0', result: [] }])
  })
}

/** Their ids, in order: a batch may reach the backend in several pieces. */
function askedTasks(calls: readonly { readonly tasks: readonly { readonly id: number }[] }[]): number[] {
  return calls.flatMap(({ tasks }) => tasks.map(({ id }) => id)).toSorted((a, b) => a - b)
}

async function fromNames(project: Awaited<ReturnType<typeof createEmptyProject>>): Promise<string[][]> {
  return (await project.predictions()).map(({ result }) => result.map(({ from_name }) => from_name))
}
