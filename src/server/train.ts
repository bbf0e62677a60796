import { toLsmlError } from '../errors.ts'
import type { LabelStudioEvent } from '../protocol/events.ts'
import type { Parts } from './parts.ts'

/**
 * Lets the backend learn from an event. What it returns becomes the project's version once a state is set up with it,
 * so that neither a failed training nor a result that cannot be set up touches what is served.
 */
export async function train(
  { runner, projects, versions, metrics, log }: Omit<Parts, 'trainer'>,
  project: string,
  event: LabelStudioEvent,
  signal: AbortSignal,
): Promise<void> {
  const requestId = crypto.randomUUID()
  const trainLog = log.with({ project, request: requestId, action: event.action })
  const startedAt = performance.now()
  try {
    const input = projects.input(project, event.labelConfig)
    const { trainOutput } = await runner.fit({ project: input, event, requestId }, { signal })
    if (trainOutput === undefined) {
      metrics.training('nothing')
      trainLog.info('The training changed nothing')
      return
    }
    const version = versions.next(project)
    await runner.setUp({ ...input, version, trainOutput })
    versions.add(project, { version, trainOutput })
    metrics.training('version')
    trainLog.info(`Trained the version \`${version}\``, { ms: Math.round(performance.now() - startedAt) })
  } catch (thrown) {
    const error = toLsmlError(thrown, 'BACKEND_FAILED')
    metrics.training('failed')
    trainLog.error(`The training failed, and nothing changed: ${error.message}`, { code: error.code })
  }
}
