import { LsmlError } from '../../errors.ts'
import type { EvaluationReport } from '../../evaluation/create-evaluation.ts'
import type { Evaluated, EvaluatedTask } from './evaluate-tasks.ts'
import { renderReport } from './render-report.ts'

export interface EvaluatedBackend extends Evaluated {
  readonly report: EvaluationReport & { readonly backend: string; readonly version: string }
  /** Control tags that are not compared. */
  readonly passedOver: readonly string[]
}

/**
 * The numbers on stdout, what was left out on stderr.
 *
 * @returns the numbers as JSON, with the worst tasks
 * @throws LsmlError INVALID_REQUEST where there is nothing to compare
 */
export function reportEvaluated(
  { report, worst, failures, unanswered, passedOver }: EvaluatedBackend,
  { json: wantsJson }: { readonly json: boolean },
): string {
  for (const { name, error } of failures) say(`lsml: ${name}: ${error.message}`)
  if (passedOver.length > 0) say(`Not measured: ${passedOver.join(', ')}.`)
  if (unanswered > 0) say(`${tasks(unanswered)} without an answer left out.`)
  if (report.tasks === 0)
    throw new LsmlError(
      'INVALID_REQUEST',
      'There is nothing to compare: no task that was predicted has an answer.',
    )
  const all = { ...report, failed: failures.length, worst: worst.map(toPlain) }
  const json = `${JSON.stringify(all, undefined, 2)}\n`
  const { backend, version } = report
  const parts = [
    `${backend} ${version} on ${tasks(report.tasks)}`,
    renderReport(report),
    ...(worst.length > 0 ? [`Worst\n${worst.map(lineOf).join('\n')}`] : []),
  ]
  process.stdout.write(wantsJson ? json : `${parts.join('\n\n')}\n`)
  return json
}

function tasks(count: number): string {
  return `${count} ${count === 1 ? 'task' : 'tasks'}`
}

function toPlain({ name, labeled, verdict }: EvaluatedTask) {
  return { task: labeled.task.id ?? name, quality: verdict.quality, says: verdict.says }
}

function lineOf({ name, verdict: { quality, says } }: EvaluatedTask): string {
  return `  ${(quality * 100).toFixed(0).padStart(3)} %  ${name}  ${says}`
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
