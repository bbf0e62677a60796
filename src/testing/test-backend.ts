import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Backend, ParamsSchema } from '../backend.ts'
import { errorFromJson, LsmlError } from '../errors.ts'
import { type Logger, silentLogger } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import { toEvent } from '../protocol/events.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { Task } from '../protocol/task.ts'
import { createInlineRunner } from '../runner/inline.ts'
import type { ProjectInput, TaskOutcome } from '../runner/runner.ts'

export interface TestBackendOptions {
  /** The labeling config, as XML. */
  readonly labelConfig: string
  /** As a project's extra params. */
  readonly params?: Readonly<Record<string, unknown>>
  /** The project's id. @default '1' */
  readonly project?: string
  readonly settings?: HostSettings
  /** @default one that is silent */
  readonly log?: Logger
}

export interface TestedBackend extends AsyncDisposable {
  /**
   * One prediction per task; of a backend that answers several for a task, the first.
   *
   * @param options context: what a smart tool sends, such as `{ result: [region] }`
   * @throws LsmlError with which a task failed, and INVALID_BACKEND when a region does not fit the labeling config:
   * a server would drop it
   */
  predict(tasks: readonly Task[], options?: PredictOptions): Promise<readonly VersionedPrediction[]>
  /** The same, with all predictions of each task. */
  predictSeveral(
    tasks: readonly Task[],
    options?: PredictOptions,
  ): Promise<readonly (readonly VersionedPrediction[])[]>
  /**
   * Lets the backend learn. What it returns, and the files that it leaves, are what `setup` is given from now on, unless
   * its gate holds the new version back, which the log tells.
   *
   * @param bodies of webhooks, such as `{ action: 'ANNOTATION_CREATED', annotation: { … } }`: learnt from together
   */
  fit(...bodies: readonly Readonly<Record<string, unknown>>[]): Promise<unknown>
  /** Disposes the model. */
  close(): Promise<void>
}

interface PredictOptions {
  readonly context?: Readonly<Record<string, unknown>>
}

/** Tests may wait for a model. */
const DEADLINE_MS = 10 * 60_000

/**
 * Sets a backend up in this process, with a labeling config, as a server would.
 *
 * @example
 * await using model = await testBackend(backend, { labelConfig: '<View>…</View>' })
 * const [prediction] = await model.predict([{ data: { image: 'data:image/png;base64,…' } }])
 *
 * @throws LsmlError with which `setup` failed
 */
export async function testBackend<Schema extends ParamsSchema, Model>(
  backend: Backend<Schema, Model>,
  options: TestBackendOptions,
): Promise<TestedBackend> {
  const { labelConfig, params, project = '1', settings = {}, log = silentLogger } = options
  const runner = createInlineRunner(backend, settings, { log })
  let input: ProjectInput = {
    id: project,
    labelConfig,
    version: runner.info.version,
    ...(params !== undefined && { extraParams: params }),
  }
  let made = 0
  let folder: string | undefined
  const predictSeveral: TestedBackend['predictSeveral'] = async (tasks, { context } = {}) => {
    const outcomes = await runner.predict({
      project: input,
      tasks,
      ...(context !== undefined && { context }),
      requestId: 'test',
      deadline: Date.now() + DEADLINE_MS,
    })
    return outcomes.map(toPredictions)
  }
  const close = async () => {
    await runner.close({ graceMs: 0 })
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    await runner.setUp(input)
  } catch (error) {
    await close()
    throw error
  }
  return {
    predictSeveral,
    predict: async (tasks, predictOptions) => (await predictSeveral(tasks, predictOptions)).map(toFirst),
    async fit(...bodies) {
      for (const body of bodies)
        if (toEvent(body) === undefined)
          throw new LsmlError('INVALID_REQUEST', `\`${String(body.action)}\` is no action of Label Studio.`)
      const version = `${runner.info.version}+${made + 1}`
      folder ??= await mkdtemp(join(tmpdir(), 'lsml-'))
      const workDir = join(folder, crypto.randomUUID())
      await mkdir(workDir)
      const { trainOutput, heldBack } = await runner.fit({
        project: input,
        bodies: bodies.map((body) => JSON.stringify(body)),
        version,
        workDir,
        requestId: 'test',
      })
      if (trainOutput !== undefined) made++
      if (heldBack !== undefined) log.warn(`The new version is held back: ${heldBack}`)
      else if (trainOutput !== undefined) input = { ...input, version, trainOutput, files: workDir }
      return trainOutput
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function toPredictions(outcome: TaskOutcome): readonly VersionedPrediction[] {
  if ('error' in outcome) throw errorFromJson(outcome.error)
  const [first] = outcome.dropped
  if (first === undefined) return outcome.predictions
  throw new LsmlError(
    'INVALID_BACKEND',
    `The region \`${first.region}\` does not fit the labeling config, rule \`${first.rule}\`: ${first.message}`,
    { issues: outcome.dropped.map(({ region, message }) => ({ path: `region ${region}`, message })) },
  )
}

function toFirst(predictions: readonly VersionedPrediction[]): VersionedPrediction {
  const [first] = predictions
  if (first !== undefined) return first
  throw new LsmlError('INVALID_BACKEND', 'The backend answered a task with an empty list of predictions.')
}
