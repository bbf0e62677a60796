import type { z } from 'zod'
import { type LsmlError, toLsmlError } from './errors.ts'
import type { LabelingConfig } from './labeling/config.ts'
import type { Logger } from './log.ts'
import type { Media } from './media/media.ts'
import type { LabelStudioEvent } from './protocol/events.ts'
import type { PromptRegion } from './protocol/requests.ts'
import type { Prediction } from './protocol/result.ts'
import type { AnnotatedTask, Task } from './protocol/task.ts'
import type { Models } from './registry/models.ts'
import type { TrainingPolicy } from './training/policy.ts'

type Awaitable<T> = T | Promise<T>

export type ParamsSchema = z.ZodObject

/** What every function of a backend is given. */
export interface BackendContext<Params> {
  /** The project's id in Label Studio. */
  readonly project: string
  readonly labeling: LabelingConfig
  /** Checked and complete: defaults, config file, environment, `--with`, the project's extra params, `model_*` attributes. */
  readonly params: Params
  readonly media: Media
  readonly models: Models
  /** Carries the project and, in `predict`, the request. */
  readonly log: Logger
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export interface SetupContext<Params> extends BackendContext<Params> {
  /** The version string that predictions of this state carry. */
  readonly version: string
  /** What `fit` returned for this version; undefined before the first training. */
  readonly trainOutput: unknown
  /** Folder, absolute, of the files that `fit` left in its `workDir` for this version; undefined before the first training. */
  readonly files: string | undefined
}

export interface PredictContext<Params, Model> extends BackendContext<Params> {
  /** What `setup` returned. */
  readonly model: Model
  readonly version: string
  /** Present when a smart tool asks: the regions that the person drew. They may be none. */
  readonly interactive: Interactive | undefined
  /** Milliseconds since the epoch after which the request is answered with an error. */
  readonly deadline: number
}

export interface Interactive {
  readonly regions: readonly PromptRegion[]
  /** The whole context, for servers that send more. */
  readonly context: Readonly<Record<string, unknown>>
}

export interface FitContext<Params> extends BackendContext<Params> {
  /**
   * All that came since the last training, in the order in which it came; `event` joins those of them that were submitted.
   * Also what is no reason to learn by itself, such as TASKS_DELETED and PROJECT_UPDATED. Every event is in one training that
   * ends well, unless it was cancelled: return what is to be remembered of it, or undefined to make no version.
   */
  readonly events: readonly LabelStudioEvent[]
  /** The version in use, what its training returned and the folder of the files that it left. */
  readonly previous: {
    readonly version: string
    readonly trainOutput: unknown
    readonly files: string | undefined
  }
  /** Folder of this training, absolute and empty. The files that it leaves here are those of the version: see `setup`. */
  readonly workDir: string
  /** Says how far it is, from 0 to 1, to whoever looks at the job. */
  progress(fraction: number, message?: string): void
  /**
   * The tasks of the project that people have answered, by their ids: those that came with `/train`, which old servers send,
   * else all that Label Studio has. They arrive in pages, and those that have not changed since the last training are read
   * from copies. With an `evaluate`, the held-out ones are left out.
   *
   * @throws LsmlError when the first is asked for: STUDIO_UNAVAILABLE, UNAUTHORIZED with what to set; INVALID_REQUEST
   */
  tasks(): AsyncIterable<AnnotatedTask>
  /** Whether `evaluate` is given this task, so that `fit` should not learn from it. Always false without an `evaluate`. */
  isHeldOut(task: { readonly id: number | string }): boolean
}

/** What a version achieves, by name, such as `{ accuracy: 0.93 }`. Greater is better. */
export type Metrics = Readonly<Record<string, number>>

export interface EvaluateContext<Params, Model> extends BackendContext<Params> {
  /** What `setup` returned for the version that is measured. */
  readonly model: Model
  readonly version: string
  /** The answered tasks that `fit` was not given: of a project always the same. Throws as that of `FitContext` does. */
  tasks(): AsyncIterable<AnnotatedTask>
  /** What this version predicts, in the order of the tasks; undefined for a task that fails. */
  predict(tasks: readonly Task[]): Promise<readonly (Prediction | undefined)[]>
}

/** When a new version may serve: what `evaluate` measured, or else the numbers of `metrics` in what `fit` returned. */
export interface Gate {
  /** The metric that counts. @default the first of `evaluate`'s */
  readonly metric?: string
  /** A version that achieves less is not activated. @default no limit */
  readonly min?: number
  /** By how much a version may fall short of the one that it would replace. @default 0 */
  readonly tolerance?: number
  /** Share of the tasks that `evaluate` is given and `fit` is not, from 0 to 1; chosen by their ids. @default 0.2 */
  readonly heldOut?: number
}

/** One prediction, several (Label Studio ≥ 1.13), or why there is none for this task. */
export type TaskPrediction = Prediction | readonly Prediction[] | TaskFailure

/** A model for Label Studio, as a plain object. Write `setup` first: the type of the model flows from it. */
export interface Backend<Schema extends ParamsSchema = ParamsSchema, Model = unknown> {
  /** Shown in `/health` and the logs. @default the name of its file or folder */
  readonly name?: string
  /** Raise it when predictions change: Label Studio asks again only for another version. @default '0.0.1' */
  readonly version?: string
  readonly params?: Schema
  /**
   * `model_*` attributes that each control tag gives for itself, with which two tags of a config may have two models:
   * see `readControlParams`. All other `model_*` attributes are parameters of the project, about which tags must agree.
   */
  readonly controlParams?: ParamsSchema
  /** Once per project and version, on its first use. What it opened through `ctx.models` is released for it. */
  setup?(ctx: SetupContext<z.output<Schema>>): Awaitable<Model>
  /** Exactly one entry per task, in the order of the tasks. */
  predict(
    tasks: readonly Task[],
    ctx: PredictContext<z.output<Schema>, NoInfer<Model>>,
  ): Awaitable<readonly TaskPrediction[]>
  /**
   * Learns from what people submitted, in a process of its own under `lsml start`. A result, which must be JSON, makes a new
   * version, which `setup` gets; undefined changes nothing. One that throws is tried again later, with the same events.
   */
  fit?(event: LabelStudioEvent, ctx: FitContext<z.output<Schema>>): Awaitable<unknown>
  /** When `fit` is called. Flags of the command line go before it. @default after each annotation */
  readonly training?: TrainingPolicy
  /**
   * Measures a version that `fit` made, and the one that it would replace, on tasks that neither has learnt from. The new one
   * is kept and not activated when it does worse.
   */
  evaluate?(ctx: EvaluateContext<z.output<Schema>, NoInfer<Model>>): Awaitable<Metrics>
  readonly gate?: Gate
  /** Frees what `setup` made, once no prediction uses it. */
  dispose?(model: NoInfer<Model>): Awaitable<void>
}

/**
 * Types a backend; returns it as it is.
 *
 * @example
 * export default defineBackend({
 *   params: z.object({ label: z.string().default('Cat') }),
 *   predict: (tasks, { params, labeling }) => {
 *     const { control, object } = labeling.findControl({ control: 'Choices' })
 *     return tasks.map((task) => ({
 *       result: [{ id: `c${task.id}`, from_name: control.name, to_name: object.name, type: 'choices', value: { choices: [params.label] } }],
 *     }))
 *   },
 * })
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- a backend without params gets {} and not any key
export function defineBackend<Model = undefined, Schema extends ParamsSchema = z.ZodObject<{}>>(
  backend: Backend<Schema, Model>,
): Backend<Schema, Model> {
  return backend
}

/** Says that this task, and no other, has no prediction, and why. */
export class TaskFailure {
  readonly error: LsmlError

  constructor(error: unknown) {
    this.error = toLsmlError(error, 'BACKEND_FAILED')
  }
}

export interface EachTaskOptions {
  /** Tasks begun at once: while a model computes for one, the files of the next arrive. @default 2 */
  readonly concurrency?: number
  /** Of the context: once it is aborted, no further task is begun. */
  readonly signal?: AbortSignal
}

/**
 * Predicts task by task, in order; what is thrown for one task is told for it alone, as a `TaskFailure`.
 *
 * @example
 * predict: (tasks, ctx) => eachTask(tasks, async (task) => read(await ctx.media.image(task.data.image, { task })), ctx)
 */
export async function eachTask(
  tasks: readonly Task[],
  predict: (task: Task, index: number) => Awaitable<Prediction | readonly Prediction[]>,
  options: EachTaskOptions = {},
): Promise<TaskPrediction[]> {
  const { concurrency = 2, signal } = options
  const predictions: TaskPrediction[] = []
  const queue = tasks.entries()
  const work = async () => {
    for (const [index, task] of queue) {
      signal?.throwIfAborted()
      try {
        predictions[index] = await predict(task, index)
      } catch (error) {
        predictions[index] = new TaskFailure(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work))
  return predictions
}
