import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    const workDir = await mkdtemp(join(tmpdir(), 'lsml-'))
    const job = {
      project: input,
      bodies: [JSON.stringify(event.raw)],
      version: versions.next(project),
      workDir,
      requestId,
    }
    const { trainOutput } = await runner.fit(job, { signal })
    if (trainOutput === undefined) {
      metrics.training('nothing')
      trainLog.info('The training changed nothing')
      return
    }
    const { version } = job
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
