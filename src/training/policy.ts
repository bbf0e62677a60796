import type { PendingEvent } from '../store/store.ts'

/** When to learn from what came. */
export interface TrainingPolicy {
  /** Annotations, created, updated or deleted, that must have come since the last training. @default 1 */
  readonly every?: number | undefined
  /** Milliseconds between the beginnings of two trainings of a project. @default 0 */
  readonly intervalMs?: number | undefined
  /**
   * Milliseconds without a further annotation that are waited for, so that what comes together is learnt together; while
   * they come without a pause, at most twenty times as long. @default 500
   */
  readonly quietMs?: number | undefined
}

export const DEFAULT_POLICY = { every: 1, intervalMs: 0, quietMs: 500 } as const satisfies TrainingPolicy

/**
 * For one submission Label Studio sends the annotation and START_TRAINING, in any order, when it is told to train on
 * submission. One that comes alone is the button *Start Training*.
 */
export const COMPANION_MS = 500
/** Quiet times that a stream of annotations may put a training off. */
const MOST_QUIET_TIMES = 20

/**
 * When a training of what waits is due: milliseconds since the epoch, which may be past; undefined while there is too
 * little. The button waits for no number and no interval.
 *
 * @param pending events of one project, in order
 * @param lastAt when its last training was asked for
 */
export function dueAt(
  pending: readonly PendingEvent[],
  policy: TrainingPolicy,
  lastAt: number | undefined,
): number | undefined {
  const { every, intervalMs, quietMs } = withDefaults(policy)
  const annotated = pending.filter(({ annotations }) => annotations > 0)
  const companionMs = Math.min(quietMs, COMPANION_MS)
  const button = pending.find(
    ({ action, receivedAt }) =>
      action === 'START_TRAINING' &&
      !annotated.some((other) => Math.abs(other.receivedAt - receivedAt) <= companionMs),
  )
  if (button !== undefined) return button.receivedAt + companionMs
  const [first, last] = [annotated[0], annotated.at(-1)]
  const count = annotated.reduce((sum, { annotations }) => sum + annotations, 0)
  if (first === undefined || last === undefined || count < every) return undefined
  const isQuietAt = Math.min(last.receivedAt + quietMs, first.receivedAt + MOST_QUIET_TIMES * quietMs)
  return Math.max(isQuietAt, lastAt === undefined ? 0 : lastAt + intervalMs)
}

/** The later the stronger. */
export function joinPolicies(...policies: readonly (TrainingPolicy | undefined)[]): TrainingPolicy {
  const last = <Key extends keyof TrainingPolicy>(key: Key) =>
    policies.findLast((policy) => policy?.[key] !== undefined)?.[key]
  return { every: last('every'), intervalMs: last('intervalMs'), quietMs: last('quietMs') }
}

function withDefaults({ every, intervalMs, quietMs }: TrainingPolicy) {
  return {
    every: every ?? DEFAULT_POLICY.every,
    intervalMs: intervalMs ?? DEFAULT_POLICY.intervalMs,
    quietMs: quietMs ?? DEFAULT_POLICY.quietMs,
  }
}
