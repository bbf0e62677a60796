import type { Backend, Metrics } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import type { AnnotatedTask } from '../protocol/task.ts'
import type { Prediction } from '../protocol/result.ts'
import type { ProjectInput, TaskOutcome } from '../runner/runner.ts'
import type { CallOptions, Shared } from './context.ts'
import { toFailure } from './failure.ts'
import { predictTasks } from './predict.ts'
import { closeState, openState, type ProjectState } from './state.ts'

/** @returns undefined when no task is held out yet */
export type Evaluation = Metrics | undefined

/**
 * Measures one version with the backend's `evaluate`: sets it up, beside those that serve, and disposes it.
 *
 * @param tasks the held-out ones
 * @throws LsmlError what `setup` or `evaluate` threw, INVALID_BACKEND for what are no metrics
 */
export async function evaluateVersion(
  shared: Shared,
  project: ProjectInput,
  tasks: () => AsyncIterable<AnnotatedTask>,
  options: CallOptions,
): Promise<Evaluation> {
  const { evaluate } = shared.backend
  if (evaluate === undefined) return undefined
  const state = await openState(shared, project, options)
  try {
    return await measure(evaluate, shared, project, state, tasks, options)
  } finally {
    await closeState(shared, state)
  }
}

async function measure(
  evaluate: NonNullable<Backend['evaluate']>,
  shared: Shared,
  project: ProjectInput,
  state: ProjectState,
  tasks: () => AsyncIterable<AnnotatedTask>,
  options: CallOptions,
): Promise<Evaluation> {
  // A backend may bring data of its own, and never ask.
  const seen = { asked: false, any: false }
  async function* heldOut() {
    seen.asked = true
    for await (const task of tasks()) {
      seen.any = true
      yield task
    }
  }
  let metrics: Metrics
  try {
    metrics = await evaluate.call(shared.backend, {
      ...state.context,
      ...options,
      model: state.model,
      version: project.version,
      tasks: heldOut,
      predict: async (asked) => {
        const job = { project, tasks: asked, requestId: 'evaluate', deadline: Number.POSITIVE_INFINITY }
        return (await predictTasks(shared, state, job, options)).map(toPrediction)
      },
    })
  } catch (error) {
    throw toFailure(error, 'evaluate', options)
  }
  if (seen.asked && !seen.any) return undefined
  return checkMetrics(metrics)
}

function toPrediction(outcome: TaskOutcome): Prediction | undefined {
  return 'error' in outcome ? undefined : outcome.predictions[0]
}

function checkMetrics(metrics: unknown): Metrics {
  if (typeof metrics !== 'object' || metrics === null || Array.isArray(metrics))
    throw new LsmlError('INVALID_BACKEND', '`evaluate` must return metrics, such as `{ accuracy: 0.9 }`.')
  for (const [name, value] of Object.entries(metrics))
    if (!Number.isFinite(value))
      throw new LsmlError(
        'INVALID_BACKEND',
        `The metric \`${name}\` of \`evaluate\` must be a finite number; it is \`${String(value)}\`.`,
      )
  return metrics as Metrics
}
