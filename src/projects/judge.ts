import type { Gate, Metrics } from '../backend.ts'
import { toLsmlError } from '../errors.ts'
import type { AnnotatedTask } from '../protocol/task.ts'
import type { FitOutcome, ProjectInput } from '../runner/runner.ts'
import type { CallOptions, Shared } from './context.ts'
import { evaluateVersion } from './evaluate.ts'
import { refusalOf } from './gate.ts'

/**
 * Measures a new version and the one that it would replace, and says whether it may serve. A version that cannot be set
 * up or measured may not; one that cannot be compared, since the other fails or no task is held out yet, may.
 */
export async function judgeVersion(
  { shared, candidate, parent, heldOut }: JudgedVersions,
  options: CallOptions,
): Promise<Pick<FitOutcome, 'metrics' | 'parentMetrics' | 'heldBack'>> {
  const { backend } = shared
  const gate: Gate = backend.gate ?? {}
  if (backend.evaluate === undefined) {
    const metrics = metricsOf(candidate.trainOutput)
    const parentMetrics = metricsOf(parent.trainOutput)
    const refusal = backend.gate === undefined ? undefined : refusalOf(gate, { metrics: metrics ?? {} })
    return outcome(metrics, parentMetrics, refusal)
  }
  let metrics: Metrics | undefined
  try {
    metrics = await evaluateVersion(shared, candidate, heldOut, options)
  } catch (thrown) {
    options.signal.throwIfAborted()
    return { heldBack: toLsmlError(thrown, 'BACKEND_FAILED').message }
  }
  if (metrics === undefined) {
    options.log.info('No answered task is held out yet: the new version is not compared')
    return {}
  }
  const parentMetrics = await evaluateVersion(shared, parent, heldOut, options).catch((thrown: unknown) => {
    options.signal.throwIfAborted()
    options.log.warn('The version before cannot be measured, and the new one is not compared with it', {
      reason: toLsmlError(thrown, 'BACKEND_FAILED').message,
    })
    return undefined
  })
  return outcome(metrics, parentMetrics, refusalOf(gate, { metrics, parentMetrics }))
}

export interface JudgedVersions {
  readonly shared: Shared
  readonly candidate: ProjectInput
  readonly parent: ProjectInput
  /** The tasks that neither has learnt from. */
  readonly heldOut: () => AsyncIterable<AnnotatedTask>
}

function outcome(metrics?: Metrics, parentMetrics?: Metrics, heldBack?: string) {
  return {
    ...(metrics !== undefined && { metrics }),
    ...(parentMetrics !== undefined && { parentMetrics }),
    ...(heldBack !== undefined && { heldBack }),
  }
}

/** The numbers of `metrics` in what `fit` returned. */
function metricsOf(trainOutput: unknown): Metrics | undefined {
  if (typeof trainOutput !== 'object' || trainOutput === null || !('metrics' in trainOutput)) return undefined
  const { metrics } = trainOutput
  if (typeof metrics !== 'object' || metrics === null) return undefined
  const numbers = Object.entries(metrics).filter(([, value]) => Number.isFinite(value))
  return numbers.length === 0 ? undefined : (Object.fromEntries(numbers) as Metrics)
}
