import { describe, expect, test } from 'bun:test'
import { storePredictions } from '../../../src/cli/annotate/store-predictions.ts'
import { LsmlError } from '../../../src/errors.ts'
import type { TaskPrediction } from '../../../src/studio/predictions.ts'
import type { FullTask } from '../../../src/studio/tasks.ts'

interface Kept extends TaskPrediction {
  readonly id: number
}

type Event = 'lost before it was done' | 'lost after it was done' | 'refused'

/** A Label Studio with tasks 1 to 3, whose bulk requests go wrong as is said. */
function studio(events: readonly (Event | undefined)[] = [], { checks = true, odd = '' } = {}) {
  let kept: Kept[] = []
  let id = 0
  const waits: number[] = []
  const bulk: number[] = []
  const sleep = async (ms: number) => void waits.push(ms)
  const add = (prediction: TaskPrediction) => kept.push({ ...prediction, id: ++id })
  const client = {
    async tasksById(_: number, ids: readonly number[]): Promise<readonly FullTask[]> {
      return [1, 2, 3]
        .filter((task) => ids.includes(task))
        .map((task) => ({
          id: task,
          data: {},
          annotations: [],
          predictions: kept
            .filter((each) => each.task === task)
            .map((each) => Object.assign({}, each, { result: [] })),
        })) as unknown as readonly FullTask[]
    },
    async addPredictions(_: number, predictions: readonly TaskPrediction[]) {
      const event = events[bulk.length]
      bulk.push(predictions.length)
      if (event === 'refused') throw new LsmlError('INVALID_REQUEST', 'One is not right.')
      if (event === 'lost before it was done') throw new LsmlError('STUDIO_UNAVAILABLE', 'Away.')
      const passed = predictions.filter(({ model_version: version }) => !checks || version !== odd)
      passed.map(add)
      if (event === 'lost after it was done') throw new LsmlError('DEADLINE_EXCEEDED', 'No answer.')
      return passed.length
    },
    async addPrediction(_: number, prediction: TaskPrediction) {
      if (prediction.score === 9) throw new LsmlError('INVALID_REQUEST', 'The score is not right.')
      add(prediction)
    },
    async deletePrediction(gone: number) {
      kept = kept.filter((each) => each.id !== gone)
    },
  }
  return {
    client,
    waits,
    bulk,
    add: (task: number, version: string) => add({ task, model_version: version, result: [] }),
    versions: () => kept.map(({ task, model_version: version }) => `${task}:${version}`).toSorted(),
    store: (
      scores: readonly number[],
      options: { readonly overwrite?: boolean; readonly version?: string } = {},
    ) => {
      const { overwrite = false, version = '2' } = options
      const batch = scores.map((score, index) => ({
        task: index + 1,
        predictions: [{ task: index + 1, model_version: version, result: [], score }],
      }))
      return storePredictions(batch, { client, project: 5, version, overwrite, sleep })
    },
  }
}

describe('predictions are stored', () => {
  test('in one request, where nothing is there of this version', async () => {
    const { store, versions, bulk, add } = studio()
    add(1, '1')
    expect(await store([0.5, 0.5, 0.5])).toEqual({ stored: [1, 2, 3], passed: [], failed: [] })
    expect(versions()).toEqual(['1:1', '1:2', '2:2', '3:2'])
    expect(bulk).toEqual([3])
  })

  test('not for tasks that got one from elsewhere meanwhile, or are gone', async () => {
    const { store, versions, add } = studio()
    add(2, '2')
    expect(await store([0.5, 0.5, 0.5, 0.5])).toEqual({ stored: [1, 3], passed: [2, 4], failed: [] })
    expect(versions()).toEqual(['1:2', '2:2', '3:2'])
  })

  test('once, when the answer was lost: it is looked what is there before anything is sent again', async () => {
    const before = studio(['lost before it was done', 'lost before it was done'])
    expect((await before.store([0.5, 0.5])).stored).toEqual([1, 2])
    expect(before.versions()).toEqual(['1:2', '2:2'])
    expect([before.bulk, before.waits]).toEqual([
      [2, 2, 2],
      [30_000, 30_000],
    ])
    const after = studio(['lost after it was done'])
    expect((await after.store([0.5, 0.5])).stored).toEqual([1, 2])
    expect(after.versions()).toEqual(['1:2', '2:2'])
    expect(after.bulk).toEqual([2])
  })

  test('until Label Studio has been away three times', async () => {
    const { store } = studio(Array.from({ length: 3 }, () => 'lost before it was done' as const))
    await expect(store([0.5])).rejects.toThrow('Away.')
  })

  test('one by one where the bulk was refused, and what is not right is told by its task', async () => {
    const { store, versions } = studio(['refused'])
    const { stored, failed } = await store([0.5, 9, 0.5])
    expect(stored).toEqual([1, 3])
    expect(failed).toMatchObject([{ task: 2, error: { message: 'The score is not right.' } }])
    expect(versions()).toEqual(['1:2', '3:2'])
  })

  test('one by one where Label Studio left some out in silence', async () => {
    const { store, versions } = studio([], { odd: 'odd' })
    expect((await store([0.5, 0.5], { version: 'odd' })).stored).toEqual([1, 2])
    expect(versions()).toEqual(['1:odd', '2:odd'])
  })

  test('in place of those of the same version, which go when the new ones are there', async () => {
    const { store, versions, add } = studio(['lost after it was done'])
    add(1, '2')
    add(1, '2')
    add(1, '1')
    const { stored } = await store([0.5, 0.5], { overwrite: true })
    expect(stored).toEqual([1, 2])
    expect(versions()).toEqual(['1:1', '1:2', '2:2'])
  })
})
