import { errorFromJson } from '../errors.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import type { TaskOutcome } from '../runner/runner.ts'

/** Why a task has no prediction. Label Studio ignores it; people and scripts do not. */
export interface TaskError {
  /** The task's id. */
  readonly task: number | null
  /** Its place in the request. */
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface PredictAnswer {
  /** One entry per task, in order: a prediction, several, or `[]` for a task without one. */
  readonly results: readonly (VersionedPrediction | readonly VersionedPrediction[])[]
  readonly model_version: string
  readonly errors?: readonly TaskError[]
}

export interface BatchAnswerOptions {
  /** Whether entries may be lists. Label Studio before 1.13 stores nothing of an answer that has one. */
  readonly takesLists: boolean
}

/**
 * An answer to "retrieve predictions". Where lists are not taken, a task with several predictions gets its first, and
 * one with none an empty one; but when no task has any, there is nothing to save, and nothing shall be stored.
 */
export function toBatchAnswer(
  tasks: readonly Task[],
  outcomes: readonly TaskOutcome[],
  version: string,
  { takesLists }: BatchAnswerOptions,
): PredictAnswer {
  const errors = toTaskErrors(tasks, outcomes)
  const lists = outcomes.map((outcome) => ('error' in outcome ? [] : outcome.predictions))
  const isWithout = lists.every((list) => list.length === 0)
  const empty = takesLists || isWithout ? [] : { result: [], model_version: version }
  return {
    results: outcomes.map((outcome, index) => {
      const predictions = lists[index] ?? []
      const isSeveral = takesLists && 'several' in outcome && outcome.several
      return isSeveral ? predictions : (predictions[0] ?? empty)
    }),
    model_version: version,
    ...(errors.length > 0 && { errors }),
  }
}

/**
 * An answer to a smart tool, whose entries must be objects.
 *
 * @throws LsmlError of the first task that failed: an empty answer would say that there is nothing to find
 */
export function toInteractiveAnswer(outcomes: readonly TaskOutcome[], version: string): PredictAnswer {
  return {
    results: outcomes.map((outcome) => {
      if ('error' in outcome) throw errorFromJson(outcome.error)
      return outcome.predictions[0] ?? { result: [], model_version: version }
    }),
    model_version: version,
  }
}

export function toTaskErrors(tasks: readonly Task[], outcomes: readonly TaskOutcome[]): readonly TaskError[] {
  return outcomes.flatMap((outcome, index) =>
    'error' in outcome
      ? [
          {
            task: tasks[index]?.id ?? null,
            index,
            code: outcome.error.code,
            message: outcome.error.message,
          },
        ]
      : [],
  )
}
