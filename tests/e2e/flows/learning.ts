import { expect, test } from 'bun:test'
import { until } from '../../_helpers/until.ts'
import type { Region } from '../../../src/protocol/result.ts'
import { createEmptyProject, type EmptyProject } from '../label-studio/project.ts'
import type { Release } from '../label-studio/find.ts'
import { startRecorder } from '../recorder/start.ts'
import { counted, readMetric } from './counted.ts'
import { type Flow, TEXT, testWith, testWithout, texts } from './flow.ts'

const chosen = (topic: string): readonly Region[] => [
  { id: 'c1', from_name: 'topic', to_name: 'text', type: 'choices', value: { choices: [topic] } },
]

/** What people submit comes to `fit`, and changes the version. */
export function testLearning(release: Release, flow: () => Flow): void {
  const fits = (project: EmptyProject) => flow().recorder.calls('fit', project.id)
  /** The events of an action that `fit` was given so far, with their annotations. */
  const learnt = (project: EmptyProject, action: string) =>
    fits(project)
      .flatMap(({ events }) => events)
      .filter((event) => event.action === action)

  test('an annotation that is submitted, changed and deleted comes to fit each time', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const [task = 0] = await project.add(texts(1))
    await project.connect(recorder.url)
    const id = await project.submit(task, chosen('Billing'))
    await until('training on the new annotation', () => learnt(project, 'ANNOTATION_CREATED')[0])
    await project.update(id, chosen('Delivery'))
    await until('training on the changed annotation', () => learnt(project, 'ANNOTATION_UPDATED')[0])
    await project.remove(id)
    await until('training on the deleted annotation', () => learnt(project, 'ANNOTATIONS_DELETED')[0])
    expect(learnt(project, 'ANNOTATION_CREATED')).toMatchObject([
      { annotations: [{ id, task, result: [{ value: { choices: ['Billing'] } }] }] },
    ])
    expect(learnt(project, 'ANNOTATION_UPDATED')).toMatchObject([
      { annotations: [{ id, task, result: [{ value: { choices: ['Delivery'] } }] }] },
    ])
    expect(learnt(project, 'ANNOTATIONS_DELETED')).toMatchObject([{ annotations: [{ id }] }])
    expect(fits(project).map(({ answered }) => answered)).toEqual([[task], [task], []])
  })

  test('what is learnt is another version: Label Studio shows it, and asks for predictions again', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const [task = 0] = await project.add(texts(2))
    await project.connect(recorder.url)
    await project.retrieve([task])
    await project.submit(task, chosen('Billing'))
    const version = await until('new version', async () => {
      const [shown] = await project.backends()
      return shown?.model_version !== '1.0.0' && (shown?.model_version ?? false)
    })
    expect(version).toMatch(/^1\.0\.0\+/)
    await project.retrieve([task])
    const versions = (await project.predictions()).map((one) => one.model_version)
    expect(versions.toSorted()).toEqual(['1.0.0', version])
  })

  testWith(release, 'START_TRAINING')(
    '"Start Training" trains at once, from all that was answered',
    async () => {
      const { project, tasks } = await answered()
      const [backend] = await project.backends()
      if (backend === undefined) throw new Error('The project has no backend.')
      await project.train(backend)
      const fit = await until('training', () => fits(project).at(-1))
      expect(fit.events.map(({ action }) => action)).toContain('START_TRAINING')
      expect(fit.answered).toEqual(tasks.slice(0, 2))
    },
  )

  testWithout(release, 'START_TRAINING')(
    '"Start Training" trains at once, from the tasks that Label Studio sends to /train',
    async () => {
      const { project, tasks } = await answered()
      const [backend] = await project.backends()
      if (backend === undefined) throw new Error('The project has no backend.')
      const before = await counted(flow().recorder.url, '/train', 'POST', 201)
      await project.train(backend)
      const fit = await until('training', () => fits(project).at(-1))
      expect(await counted(flow().recorder.url, '/train', 'POST', 201)).toBe(before + 1)
      expect(fit.answered).toEqual(tasks.slice(0, 2))
    },
  )

  /** Two of three tasks have an annotation, which the backend was not told of. */
  async function answered() {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const tasks = await project.add(texts(3))
    await project.submit(tasks[0] ?? 0, chosen('Billing'))
    await project.submit(tasks[1] ?? 0, chosen('Delivery'))
    await project.connect(recorder.url)
    return { project, tasks }
  }

  test('with training on submission both calls arrive, and count once', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const tasks = await project.add(texts(2))
    await project.connect(recorder.url)
    await project.set({ start_training_on_annotation_update: true })
    const requests = async () =>
      (await counted(recorder.url, '/webhook', 'POST', 200)) +
      (await counted(recorder.url, '/train', 'POST', 201))
    const before = await requests()
    // Both calls have arrived when the submission is answered. Were they trained on one by one, the first submission
    // alone would have had two trainings before the second.
    for (const [index, task] of tasks.entries()) {
      await project.submit(task, chosen('Billing'))
      await until(
        `training on submission ${index + 1}`,
        () => learnt(project, 'ANNOTATION_CREATED').length > index,
      )
    }
    // The change of the project's settings is an event, too.
    expect((await requests()) - before).toBeGreaterThanOrEqual(2 * tasks.length)
    expect(fits(project).map(({ answered: ids }) => ids)).toEqual([tasks.slice(0, 1), [...tasks]])
  })

  test('what was submitted is stored: after a restart it is learnt from together with what comes then', async () => {
    await using recorder = await startRecorder({ flags: ['--train-every', '3'] })
    const project = await createEmptyProject(flow().studio.api, TEXT)
    const tasks = await project.add(texts(3))
    await project.connect(recorder.url)
    await project.submit(tasks[0] ?? 0, chosen('Billing'))
    await project.submit(tasks[1] ?? 0, chosen('Delivery'))
    expect(await readMetric(recorder.url, 'lsml_training_pending_events')).toBeGreaterThanOrEqual(2)
    await recorder.restart('1.0.0')
    expect(recorder.calls('fit', project.id)).toEqual([])
    await project.submit(tasks[2] ?? 0, chosen('Billing'))
    const fit = await until('training', () => recorder.calls('fit', project.id)[0])
    const submitted = fit.events.filter(({ action }) => action === 'ANNOTATION_CREATED')
    expect(submitted.flatMap(({ annotations }) => annotations.map(({ task }) => task))).toEqual([...tasks])
  })
}
