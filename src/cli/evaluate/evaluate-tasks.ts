import { type LabeledTask, toLabeledTask } from '../../datasets/labeled-task.ts'
import { type LsmlError, toLsmlError } from '../../errors.ts'
import type { Evaluation } from '../../evaluation/create-evaluation.ts'
import type { Verdict } from '../../evaluation/metric.ts'
import { inOrder } from '../../internal/in-order.ts'
import type { VersionedPrediction } from '../../protocol/result.ts'
import type { Task } from '../../protocol/task.ts'
import type { ProjectInput, Runner } from '../../runner/runner.ts'
import { predictTasks } from '../predict-tasks.ts'

/** A task that is read when it is its turn. */
export interface NamedTask {
  readonly name: string
  load(): Promise<Task>
}

export interface EvaluateOptions {
  readonly runner: Pick<Runner, 'predict'>
  readonly input: ProjectInput
  readonly evaluation: Evaluation
  readonly tasks: AsyncIterable<NamedTask> | Iterable<NamedTask>
  readonly atOnce: number
  /** Of one task. */
  readonly deadlineMs: number
  /** How many of the worst are kept. */
  readonly worst: number
  readonly onTask: (name: string) => void
}

export interface EvaluatedTask {
  readonly name: string
  readonly labeled: LabeledTask
  readonly prediction: VersionedPrediction
  readonly verdict: Verdict
}

export interface Evaluated {
  /** The worst ones, the worst first; none of which all was right. */
  readonly worst: readonly EvaluatedTask[]
  /** Tasks that nobody has answered. */
  readonly unanswered: number
  readonly failures: readonly { readonly name: string; readonly error: LsmlError }[]
}

/** Predicts for tasks that people have answered, and compares. What fails is not compared. */
export async function evaluateTasks(options: EvaluateOptions): Promise<Evaluated> {
  const { evaluation, atOnce, onTask } = options
  let worst: EvaluatedTask[] = []
  let unanswered = 0
  const failures: Evaluated['failures'][number][] = []
  for await (const outcome of inOrder(options.tasks, atOnce, (task) => predictOne(task, options))) {
    onTask(outcome.name)
    if ('error' in outcome) failures.push(outcome)
    else if (outcome.labeled === undefined) unanswered++
    else {
      try {
        const verdict = evaluation.add(outcome.labeled.annotation.result, outcome.prediction.result)
        if (verdict.quality < 1) worst.push({ ...outcome, verdict })
      } catch (thrown) {
        failures.push({ name: outcome.name, error: toLsmlError(thrown, 'INTERNAL') })
      }
      worst = worst.toSorted((a, b) => a.verdict.quality - b.verdict.quality).slice(0, options.worst)
    }
  }
  return { worst, unanswered, failures }
}

type Outcome = { readonly name: string } & (
  | { readonly error: LsmlError }
  | { readonly labeled: undefined }
  | { readonly labeled: LabeledTask; readonly prediction: VersionedPrediction }
)

async function predictOne(
  { name, load }: NamedTask,
  { runner, input, deadlineMs }: EvaluateOptions,
): Promise<Outcome> {
  try {
    const task = await load()
    const labeled = toLabeledTask(task)
    if (labeled === undefined) return { name, labeled }
    // What people answered must not help.
    const asked = { ...task, annotations: [], predictions: [] }
    const [outcome] = await predictTasks(runner, { project: input, tasks: [asked], deadlineMs })
    if (outcome === undefined || 'error' in outcome) return { name, error: outcome?.error ?? noAnswer() }
    const [prediction] = outcome.predictions
    return prediction === undefined ? { name, error: noAnswer() } : { name, labeled, prediction }
  } catch (error) {
    return { name, error: toLsmlError(error, 'INTERNAL') }
  }
}

function noAnswer(): LsmlError {
  return toLsmlError(new Error('The backend answered no prediction.'), 'BACKEND_FAILED')
}
