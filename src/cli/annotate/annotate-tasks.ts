import { inOrder } from '../../internal/in-order.ts'
import type { ProjectInput, Runner } from '../../runner/runner.ts'
import type { FullTask } from '../../studio/tasks.ts'
import { predictTasks } from '../predict-tasks.ts'
import {
  type PredictedTask,
  type StoreOptions,
  storePredictions,
  type TaskError,
} from './store-predictions.ts'
import { untilAvailable } from './until-available.ts'

export interface AnnotateOptions extends Omit<StoreOptions, 'version'> {
  readonly runner: Pick<Runner, 'predict'>
  /** As the runner knows it, with the version that predictions carry. */
  readonly input: ProjectInput
  readonly ids: readonly number[]
  /** Tasks that need no more work, as an earlier run has noted. */
  readonly done: ReadonlySet<number>
  /** Requests to the runner at once, of up to 8 tasks each. */
  readonly atOnce: number
  /** Of one task. */
  readonly deadlineMs: number
  /** Aborted: nothing new is begun, and what is predicted is stored. */
  readonly signal: AbortSignal
  readonly onStored: (tasks: readonly number[]) => void
  readonly onProgress: (counts: AnnotateCounts) => void
}

export interface AnnotateCounts {
  /** Tasks that got their predictions in this run. */
  readonly stored: number
  /** Tasks that had one of this version, or are gone. */
  readonly passed: number
  readonly failed: number
}

export interface Annotated extends AnnotateCounts {
  readonly failures: readonly TaskError[]
}

/** Tasks that are read at once. */
const PAGE = 100
/** As many as the runner gives to a worker at once. */
const PIECE = 8
/** Predictions are stored when there are so many, or when they are so old: what is not stored is lost in a crash. */
const BATCH = 50
const BATCH_MS = 5_000

/** Predicts for tasks that have nothing of this version, and stores it. */
export async function annotateTasks(options: AnnotateOptions): Promise<Annotated> {
  const { input, atOnce, onStored, onProgress } = options
  const failures: TaskError[] = []
  let [stored, passed] = [0, 0]
  let batch: PredictedTask[] = []
  let flushedAt = Date.now()
  const tell = () => onProgress({ stored, passed, failed: failures.length })
  const flush = async () => {
    const sent = batch
    batch = []
    flushedAt = Date.now()
    if (sent.length === 0) return
    const result = await storePredictions(sent, { ...options, version: input.version })
    onStored([...result.stored, ...result.passed])
    stored += result.stored.length
    passed += result.passed.length
    failures.push(...result.failed)
    tell()
  }
  const pieces = toPieces(options, (count) => {
    passed += count
    tell()
  })
  for await (const outcomes of inOrder(pieces, atOnce, (tasks) => predictPiece(tasks, options))) {
    for (const outcome of outcomes) {
      if ('error' in outcome) failures.push(outcome)
      else batch.push(outcome)
    }
    tell()
    if (batch.length >= BATCH || Date.now() - flushedAt >= BATCH_MS) await flush()
  }
  await flush()
  return { stored, passed, failed: failures.length, failures }
}

/** The tasks that need a prediction, as many as go to the runner at once. */
async function* toPieces(
  { client, project, input, ids, done, overwrite, signal, sleep }: AnnotateOptions,
  onPassed: (count: number) => void,
): AsyncGenerator<readonly FullTask[]> {
  let piece: FullTask[] = []
  for (let start = 0; start < ids.length && !signal.aborted; start += PAGE) {
    const page = ids.slice(start, start + PAGE)
    const wanted = page.filter((id) => !done.has(id))
    const tasks = await untilAvailable(() => client.tasksById(project, wanted), sleep)
    const open = tasks.filter(
      ({ predictions }) =>
        overwrite || !predictions.some(({ model_version: version }) => version === input.version),
    )
    onPassed(page.length - open.length)
    for (const task of open) {
      piece.push(task)
      if (piece.length < PIECE) continue
      yield piece
      if (signal.aborted) return
      piece = []
    }
  }
  if (piece.length > 0 && !signal.aborted) yield piece
}

async function predictPiece(
  tasks: readonly FullTask[],
  { runner, input, deadlineMs }: AnnotateOptions,
): Promise<readonly (PredictedTask | TaskError)[]> {
  const outcomes = await predictTasks(runner, { project: input, tasks, deadlineMs })
  return outcomes.map((outcome, index) => {
    const task = tasks[index]?.id as number
    if ('error' in outcome) return { task, error: outcome.error }
    return { task, predictions: outcome.predictions.map((each) => Object.assign({ task }, each)) }
  })
}
