import { type Interactive, TaskFailure, type TaskPrediction } from '../backend.ts'
import type { Logger } from '../log.ts'
import type { PromptRegion } from '../protocol/requests.ts'
import type { PredictJob, TaskOutcome } from '../runner/runner.ts'
import type { CallOptions, Shared } from './context.ts'
import { logFault, toFailure } from './failure.ts'
import { nameOf, toOutcomes } from './outcomes.ts'
import type { ProjectState } from './state.ts'

/** Lines about dropped regions for one task: a model with the wrong labels has hundreds of them. */
const MAX_LINES = 10

/** @throws LsmlError PREDICTION_MISMATCH, INVALID_BACKEND, what `predict` threw */
export async function predictTasks(
  { backend, mediaOf }: Shared,
  { context, model }: ProjectState,
  { project, tasks, context: drawn, deadline }: PredictJob,
  options: CallOptions,
): Promise<readonly TaskOutcome[]> {
  const { labeling } = context
  const { version } = project
  let entries: readonly TaskPrediction[]
  try {
    entries = await backend.predict(tasks, {
      ...context,
      ...options,
      // Made anew: Label Studio's address and token may have changed since `setup`.
      media: mediaOf(project),
      model,
      version,
      interactive: toInteractive(drawn),
      deadline,
    })
  } catch (error) {
    throw toFailure(error, 'predict', options)
  }
  const outcomes = toOutcomes(entries, { tasks, labeling, version })
  for (const [index, task] of tasks.entries()) {
    logOutcome(entries[index], outcomes[index], options.log.with({ task: nameOf(task, index) }))
  }
  return outcomes
}

function toInteractive(context: PredictJob['context'] | null): Interactive | undefined {
  if (context === undefined || context === null) return undefined
  const regions = Array.isArray(context.result) ? (context.result as readonly PromptRegion[]) : []
  return { regions, context }
}

function logOutcome(entry: TaskPrediction | undefined, outcome: TaskOutcome | undefined, log: Logger): void {
  if (entry instanceof TaskFailure && entry.error.code === 'BACKEND_FAILED') {
    logFault(entry.error.cause ?? entry.error, 'predict', log)
  }
  if (outcome === undefined || 'error' in outcome) return
  const { dropped } = outcome
  for (const { rule, region, message } of dropped.slice(0, MAX_LINES)) {
    log.warn(`A region was dropped: ${message}`, { rule, region })
  }
  if (dropped.length > MAX_LINES) log.warn(`${dropped.length - MAX_LINES} more regions were dropped`)
}
