import type { Annotated } from './annotate-tasks.ts'
import { duration } from './progress.ts'

/** More failures than a person reads. */
const MAX_SHOWN = 50

/** What a run has done. */
export interface Summary extends Annotated {
  readonly project: number
  readonly version: string
  readonly tasks: number
  /** Nothing was left over. */
  readonly isWhole: boolean
}

/** Failures on stderr, what was done on stdout. */
export function reportAnnotated(
  summary: Summary,
  { json, elapsedMs }: { readonly json: boolean; readonly elapsedMs: number },
): void {
  const { project, version, tasks, stored, passed, failed, failures, isWhole } = summary
  for (const { task, error } of failures.slice(0, MAX_SHOWN))
    process.stderr.write(`lsml: task ${task}: ${error.message}\n`)
  if (failures.length > MAX_SHOWN)
    process.stderr.write(`lsml: … and ${failures.length - MAX_SHOWN} more; --json has them all.\n`)
  if (json) {
    const listed = failures.map(({ task, error }) => ({ task, error: error.toJSON() }))
    const done = { project, version, tasks, stored, passed, failed, isWhole, failures: listed }
    process.stdout.write(`${JSON.stringify(done, undefined, 2)}\n`)
    return
  }
  const left = tasks - stored - passed - failed
  const parts = [
    `${stored} of ${tasks} tasks predicted`,
    ...(passed > 0 ? [`${passed} left as they were`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(isWhole ? [] : [`${left} not begun: run the same command again`]),
  ]
  process.stdout.write(`${parts.join(', ')} (${duration(elapsedMs)}).\n`)
}
