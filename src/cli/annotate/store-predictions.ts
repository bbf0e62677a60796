import { LsmlError, toLsmlError } from '../../errors.ts'
import type { StudioClient } from '../../studio/client.ts'
import type { TaskPrediction } from '../../studio/predictions.ts'
import { isUnanswered, type Sleep, untilAvailable } from './until-available.ts'

export interface PredictedTask {
  readonly task: number
  readonly predictions: readonly TaskPrediction[]
}

export interface StoreOptions {
  readonly client: Pick<StudioClient, 'tasksById' | 'addPredictions' | 'addPrediction' | 'deletePrediction'>
  readonly project: number
  readonly version: string
  /** Replace what there is of this version; else such tasks are left alone. */
  readonly overwrite: boolean
  readonly sleep: Sleep
}

export interface TaskError {
  readonly task: number
  readonly error: LsmlError
}

export interface StoredPredictions {
  /** Tasks that have their predictions now. */
  readonly stored: readonly number[]
  /** Tasks that have got one of this version from elsewhere in the meantime, or are gone. */
  readonly passed: readonly number[]
  readonly failed: readonly TaskError[]
}

/** A request that was not answered may still be in work in Label Studio, which ends its own after 90 s at the latest. */
const SETTLE_MS = 30_000
const ATTEMPTS = 3

/**
 * Stores predictions so that no task gets two of one version: it is looked what is there right before, and again after a
 * request that was not answered, before the rest is sent once more. What Label Studio's check refuses in bulk is stored one
 * by one. Old predictions go when the new ones are there.
 *
 * @throws LsmlError when Label Studio stays away, or refuses the token
 */
export async function storePredictions(
  batch: readonly PredictedTask[],
  options: StoreOptions,
): Promise<StoredPredictions> {
  const { client, overwrite } = options
  const before = await predictionsOf(batch, options)
  const wanted = batch.filter(({ task }) => {
    const old = before.get(task)
    return old !== undefined && (overwrite || old.length === 0)
  })
  const failed = [...(await send(wanted, before, options))]
  const broken = new Set(failed.map(({ task }) => task))
  for (const { task } of wanted) {
    if (broken.has(task)) continue
    try {
      for (const id of before.get(task) ?? []) await client.deletePrediction(id)
    } catch (thrown) {
      const error = toLsmlError(thrown, 'INTERNAL')
      failed.push({ task, error: withAdvice(error, 'Its old prediction is still there beside the new one.') })
      broken.add(task)
    }
  }
  const sent = new Set(wanted.map(({ task }) => task))
  return {
    stored: wanted.map(({ task }) => task).filter((task) => !broken.has(task)),
    passed: batch.map(({ task }) => task).filter((task) => !sent.has(task)),
    failed,
  }
}

/** Ids of the predictions of this version, by task; tasks that are gone are missing. */
type Known = ReadonlyMap<number, readonly number[]>

async function predictionsOf(
  batch: readonly PredictedTask[],
  { client, project, version, sleep }: StoreOptions,
): Promise<Known> {
  const ids = batch.map(({ task }) => task)
  const tasks = await untilAvailable(() => client.tasksById(project, ids), sleep)
  return new Map(
    tasks.map(({ id, predictions }) => [
      id,
      predictions.filter((each) => each.model_version === version).map((each) => each.id),
    ]),
  )
}

async function send(
  wanted: readonly PredictedTask[],
  before: Known,
  options: StoreOptions,
): Promise<readonly TaskError[]> {
  const { client, project, sleep } = options
  let left = wanted
  for (let attempt = 1; left.length > 0; attempt++) {
    try {
      const predictions = left.flatMap((each) => each.predictions)
      const created = await client.addPredictions(project, predictions)
      if (created === predictions.length) return []
      return await sendEach(await withoutNew(left, before, options), options)
    } catch (error) {
      if (isRefusal(error)) return sendEach(left, options)
      if (!isUnanswered(error) || attempt === ATTEMPTS) throw error
      await sleep(SETTLE_MS)
      left = await withoutNew(left, before, options)
    }
  }
  return []
}

/** Those of which nothing was stored since `before`. */
async function withoutNew(
  batch: readonly PredictedTask[],
  before: Known,
  options: StoreOptions,
): Promise<readonly PredictedTask[]> {
  const now = await predictionsOf(batch, options)
  return batch.filter(({ task }) => (now.get(task)?.length ?? 0) <= (before.get(task)?.length ?? 0))
}

async function sendEach(
  batch: readonly PredictedTask[],
  { client, project }: StoreOptions,
): Promise<readonly TaskError[]> {
  const failed: TaskError[] = []
  for (const { task, predictions } of batch) {
    try {
      for (const prediction of predictions) await client.addPrediction(project, prediction)
    } catch (error) {
      if (isUnanswered(error))
        failed.push({ task, error: withAdvice(error as LsmlError, 'It may have been stored: run it again.') })
      else if (isRefusal(error)) failed.push({ task, error: error as LsmlError })
      else throw error
    }
  }
  return failed
}

/** Nothing was stored: a prediction is not as Label Studio wants it, a task is gone, or an old server has no such route. */
function isRefusal(error: unknown): boolean {
  return error instanceof LsmlError && (error.code === 'INVALID_REQUEST' || error.code === 'NOT_FOUND')
}

function withAdvice(error: LsmlError, advice: string): LsmlError {
  return new LsmlError(error.code, `${error.message} ${advice}`, { cause: error })
}
