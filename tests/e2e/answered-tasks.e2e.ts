import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createMediaFactory } from '../../src/media/create-media.ts'
import { readCopiedTasks } from '../../src/studio/copied-tasks.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findLabelStudio, RELEASES } from './label-studio/find.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'

const labelConfig =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="A"/><Choice value="B"/></Choices></View>'

const answer = (choice: string) => [
  { from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: [choice] } },
]

for (const release of RELEASES) {
  const found = await findLabelStudio(release)
  const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

  describe.skipIf('absent' in found)(`answered tasks of Label Studio ${release.version}${skipped}`, () => {
    const cleanUp = new AsyncDisposableStack()
    let studio: LabelStudio
    let token: string

    beforeAll(async () => {
      studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
      const legacy = () => studio.api.get<{ token: string }>('/api/current-user/token')
      token = studio.api.personalAccessToken || (await legacy()).token
    }, 300_000)

    afterAll(() => cleanUp.disposeAsync(), 60_000)

    test('only what changed is downloaded, and what changes is noticed', async () => {
      const { api } = studio
      const { id } = await api.post<{ id: number }>('/api/projects', {
        title: 'Texts',
        label_config: labelConfig,
      })
      const texts = Array.from({ length: 130 }, (_, index) => ({ text: `text ${index}` }))
      await api.post(`/api/projects/${id}/import`, texts)
      const page = await api.get<{ tasks: { id: number }[] }>(`/api/tasks?project=${id}&page_size=200`)
      const tasks = page.tasks.map((task) => task.id).toSorted((a, b) => a - b)
      const annotate = (task: number, body: object) =>
        api.post<{ id: number }>(`/api/tasks/${task}/annotations`, body)
      const annotations: number[] = []
      for (const task of tasks.slice(0, 105))
        annotations.push((await annotate(task, { result: answer('A') })).id)
      await annotate(tasks[110] as number, { result: [], was_cancelled: true })

      using dir = tempDir()
      const factory = createMediaFactory({ labelStudioUrl: studio.url, apiKey: token })
      const project = factory.studioOf({ id: String(id) })
      const downloads: number[] = []
      const counted = {
        labeledTimes: project.labeledTimes,
        async tasksById(number: number, ids: readonly number[]) {
          downloads.push(...ids)
          return project.tasksById(number, ids)
        },
      }
      const read = async () => {
        downloads.length = 0
        return Array.fromAsync(readCopiedTasks(counted, id, join(dir.path, 'tasks.jsonl')))
      }

      const all = await read()
      expect(all.map((task) => task.id)).toEqual(tasks.slice(0, 105))
      expect(all[3]).toMatchObject({ data: { text: 'text 3' }, annotations: [{ result: answer('A') }] })
      expect(downloads).toHaveLength(105)
      expect(await read()).toEqual(all)
      expect(downloads).toEqual([])

      await api.patch(`/api/annotations/${annotations[3]}`, { result: answer('B') })
      await annotate(tasks[120] as number, { result: answer('B') })
      await api.delete(`/api/annotations/${annotations[4]}`)
      await api.delete(`/api/tasks/${tasks[6]}`)
      const changed = await read()
      expect(downloads).toEqual([tasks[3] as number, tasks[120] as number])
      expect(changed.map((task) => task.id)).toEqual(
        [...tasks.slice(0, 105), tasks[120] as number].filter(
          (each) => each !== tasks[4] && each !== tasks[6],
        ),
      )
      expect(changed[3]).toMatchObject({ annotations: [{ result: answer('B') }] })
      await factory.close()
    }, 120_000)
  })
}
