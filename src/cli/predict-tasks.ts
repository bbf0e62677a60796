import { errorFromJson, LsmlError, toLsmlError } from '../errors.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import type { ProjectInput, Runner } from '../runner/runner.ts'

export type Predicted =
  { readonly predictions: readonly VersionedPrediction[] } | { readonly error: LsmlError }

export interface PredictTasksOptions {
  readonly project: ProjectInput
  readonly tasks: readonly Task[]
  /** Of one task. */
  readonly deadlineMs: number
}

/** Never rejects: what fails as a whole is the failure of each task. */
export async function predictTasks(
  runner: Pick<Runner, 'predict'>,
  { project, tasks, deadlineMs }: PredictTasksOptions,
): Promise<readonly Predicted[]> {
  try {
    const outcomes = await runner.predict({
      project,
      tasks,
      requestId: `task-${tasks[0]?.id ?? 'unknown'}`,
      deadline: Date.now() + deadlineMs * tasks.length,
    })
    return tasks.map((_, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) return { error: new LsmlError('INTERNAL', 'The runner answered nothing.') }
      return 'error' in outcome ? { error: errorFromJson(outcome.error) } : outcome
    })
  } catch (thrown) {
    const error = toLsmlError(thrown, 'INTERNAL')
    return tasks.map(() => ({ error }))
  }
}
