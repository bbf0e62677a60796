import { LsmlError } from '../errors.ts'
import type { StoredVersion } from '../store/store.ts'

/** `held_back`: a version that does not serve. `retried`: it failed, and is tried again. */
export type TrainingOutcome = 'version' | 'held_back' | 'nothing' | 'failed' | 'retried' | 'cancelled'

/** What an attempt came to, and how that is told. */
export interface AttemptEnd {
  readonly outcome: TrainingOutcome
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
}

export function toEnd(version: StoredVersion | undefined, ms: number): AttemptEnd {
  const fields = { ms }
  if (version === undefined)
    return { outcome: 'nothing', level: 'info', message: 'The training changed nothing', fields }
  const { id, heldBack } = version
  if (heldBack === undefined)
    return { outcome: 'version', level: 'info', message: `Trained the version \`${id}\``, fields }
  const message = `Trained the version \`${id}\`, which does not serve: ${heldBack}`
  return { outcome: 'held_back', level: 'warn', message, fields }
}

export function toFailedEnd(
  { message, code }: LsmlError,
  delayMs: number | undefined,
  attempt: string,
): AttemptEnd {
  const fields = { code }
  if (delayMs === undefined)
    return {
      outcome: 'failed',
      level: 'error',
      message: `The training failed, and nothing changed: ${message}`,
      fields,
    }
  const again = `is tried again in ${Math.ceil(delayMs / 1000)} s (attempt ${attempt})`
  return {
    outcome: 'retried',
    level: 'warn',
    message: `The training failed, and ${again}: ${message}`,
    fields,
  }
}

export function tooLong(timeoutMs: number): LsmlError {
  return new LsmlError(
    'DEADLINE_EXCEEDED',
    `The training was not finished within ${timeoutMs / 1000} s. Learn from less at once, or raise the limit (\`--training-timeout\`).`,
  )
}
