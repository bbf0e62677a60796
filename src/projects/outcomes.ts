import { type TaskPrediction, TaskFailure } from '../backend.ts'
import { LsmlError, toLsmlError } from '../errors.ts'
import type { LabelingConfig } from '../labeling/config.ts'
import type { Prediction, VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import type { DroppedRegion } from '../regions/dropped.ts'
import { notJson } from '../regions/checks/not-json.ts'
import { checkRegions } from '../regions/validate.ts'
import type { TaskOutcome } from '../runner/runner.ts'

export interface OutcomeContext {
  readonly tasks: readonly Task[]
  readonly labeling: LabelingConfig
  readonly version: string
}

/**
 * What a backend's `predict` answered, checked and stamped with the version. An entry that is no prediction is the
 * failure of its task; the others keep theirs.
 *
 * @throws LsmlError INVALID_BACKEND when the answer is no list, PREDICTION_MISMATCH when it has another length
 */
export function toOutcomes(
  entries: readonly TaskPrediction[],
  context: OutcomeContext,
): readonly TaskOutcome[] {
  const { tasks } = context
  if (!Array.isArray(entries)) {
    throw new LsmlError(
      'INVALID_BACKEND',
      `\`predict\` must answer a list with one entry per task; it answered ${kindOf(entries)}.`,
    )
  }
  if (entries.length !== tasks.length) {
    throw new LsmlError(
      'PREDICTION_MISMATCH',
      `\`predict\` answered ${entries.length} entries for ${tasks.length} tasks. ` +
        'Answer one per task, in their order: `{ result: [] }` where nothing was found, `new TaskFailure(error)` where it failed.',
    )
  }
  return tasks.map((task, index) => {
    const entry: TaskPrediction | undefined = entries[index]
    try {
      return toOutcome(entry, context)
    } catch (error) {
      const { code, message, issues } = toLsmlError(error, 'INVALID_BACKEND')
      const named = `The prediction for ${nameOf(task, index)} cannot be used: ${message}`
      return { error: new LsmlError(code, named, { issues }).toJSON() }
    }
  })
}

/** A task as messages name it. */
export function nameOf(task: Task, index: number): string {
  return task.id === undefined ? `the task at ${index}` : `task ${task.id}`
}

function toOutcome(entry: unknown, { labeling, version }: OutcomeContext): TaskOutcome {
  if (entry instanceof TaskFailure) return { error: entry.error.toJSON() }
  const several = Array.isArray(entry)
  const dropped: DroppedRegion[] = []
  const predictions: VersionedPrediction[] = []
  for (const each of several ? entry : [entry]) {
    const prediction = parsePrediction(each)
    const regions = checkRegions(prediction.result, labeling)
    dropped.push(...regions.dropped)
    predictions.push({ ...prediction, result: regions.kept, model_version: version })
  }
  if (predictions.length === 0) {
    throw new LsmlError(
      'INVALID_BACKEND',
      'it is an empty list, which says nothing. Answer `{ result: [] }` where nothing was found.',
    )
  }
  return { predictions, several, dropped }
}

function parsePrediction(value: unknown): Prediction {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LsmlError(
      'INVALID_BACKEND',
      `it is ${kindOf(value)}. Answer \`{ result: [] }\` where nothing was found, \`new TaskFailure(error)\` where it failed.`,
    )
  }
  const prediction = value as Prediction
  const { score, result: _, ...others } = prediction
  // Label Studio's strict validation refuses the whole batch for one beyond.
  if (score !== undefined && !(Number.isFinite(score) && score >= 0 && score <= 1)) {
    throw new LsmlError(
      'INVALID_BACKEND',
      `its \`score\` must be a number from 0 to 1; it is \`${String(score)}\`. Leave it out where there is none.`,
    )
  }
  const fault = notJson(others, '')
  if (fault !== undefined) throw new LsmlError('INVALID_BACKEND', fault.message)
  return prediction
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
