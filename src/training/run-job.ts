import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LsmlError } from '../errors.ts'
import { toEvent } from '../protocol/events.ts'
import type { FitOptions, FitOutcome, ProjectInput, Runner } from '../runner/runner.ts'
import type { Job } from '../store/job.ts'
import type { JobResult, Store, StoredEvent, StoredVersion, VersionFile } from '../store/store.ts'
import { finishJob } from './finish-job.ts'
import type { VersionFiles } from './version-files.ts'
import type { WorkFolders } from './work-folders.ts'
import { nextVersionName, servedName } from './version-name.ts'

/** What the trainings of one backend share. */
export interface LearnOptions {
  readonly store: Store
  readonly files: VersionFiles
  readonly folders: WorkFolders
  readonly runner: Pick<Runner, 'info' | 'fit'>
  /**
   * What a worker needs to know of a project; its version is set here.
   *
   * @throws LsmlError INVALID_PARAMS
   */
  readonly inputOf: (project: string, labelConfig: string | undefined) => Promise<ProjectInput>
}

export interface ClaimedJob {
  readonly job: Job
  readonly owner: string
  readonly fitOptions: FitOptions
}

/**
 * Lets the backend learn from the events of a job, and keeps what it made. Its files are in their place before the version
 * is recorded, and that is one transaction with the end of the job.
 *
 * @returns undefined when nothing was learnt
 * @throws LsmlError as `fit`; CANCELLED when the job is not its owner's any more
 */
export async function runJob(
  { store, files, folders, runner, inputOf }: LearnOptions,
  { job, owner, fitOptions }: ClaimedJob,
): Promise<StoredVersion | undefined> {
  const { project } = job
  const startedAt = performance.now()
  const base = runner.info.version
  const [events, parent, earlier] = await Promise.all([
    store.eventsOfJob(job.id),
    store.currentVersion(project),
    store.listVersions(project),
  ])
  const version = nextVersionName(
    base,
    Date.now(),
    earlier.map(({ id }) => id),
  )
  // Each attempt has its own: what is left of an earlier one may still write.
  await using work = await folders.create(project, `${job.id}-${job.attempt}`)
  const outcome = await runner.fit(
    {
      project: {
        ...(await inputOf(project, labelConfigOf(events))),
        ...(await served(parent, base, files)),
      },
      bodies: events.map(({ body }) => body),
      version,
      workDir: work.path,
      requestId: job.id,
    },
    fitOptions,
  )
  if (fitOptions.signal?.aborted) throw stopped()
  const now = Date.now()
  const finish = (result: JobResult) => finishJob(store, job.id, owner, result, fitOptions.signal)
  if (outcome.trainOutput === undefined) {
    if (!(await finish({ now }))) throw stopped()
    return undefined
  }
  const result = resultFile(outcome, {
    project,
    version,
    job: job.id,
    seconds: (performance.now() - startedAt) / 1000,
  })
  await writeFile(join(work.path, RESULT), result)
  const made = {
    id: version,
    trainOutput: JSON.stringify(outcome.trainOutput),
    files: [...(outcome.files ?? []).filter(({ path }) => path !== RESULT), describe(result)],
    metrics: outcome.metrics ?? {},
    fingerprint: fingerprintOf(events, parent),
    parent: parent?.id,
    createdAt: now,
    heldBack: outcome.heldBack,
  }
  const stored = { ...made, project, job: job.id, isActive: made.heldBack === undefined }
  await files.publish(stored, work.path)
  if (await finish({ now, version: made })) return stored
  await files.remove(stored)
  throw stopped()
}

/** The name that v1 of Label Studio's backend gave to what a training leaves, with its keys. */
const RESULT = 'job_result.json'

interface Result {
  readonly project: string
  readonly version: string
  readonly job: string
  readonly seconds: number
}

function resultFile(
  { trainOutput, metrics }: FitOutcome,
  { project, version, job, seconds }: Result,
): string {
  const result = {
    status: 'ok',
    train_output: trainOutput,
    project,
    version,
    job_id: job,
    time: seconds,
    ...(metrics !== undefined && { metrics }),
  }
  return `${JSON.stringify(result, undefined, 2)}\n`
}

function describe(text: string): VersionFile {
  return {
    path: RESULT,
    bytes: Buffer.byteLength(text),
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}

/** Of what was learnt from: the events, and through the parent's all before them. */
function fingerprintOf(events: readonly StoredEvent[], parent: StoredVersion | undefined): string {
  const hash = createHash('sha256').update(parent?.fingerprint ?? '')
  for (const { body } of events) hash.update('\n').update(body)
  return hash.digest('hex')
}

/** The newest that the events bring: `/setup` may not have been heard since. */
function labelConfigOf(events: readonly StoredEvent[]): string | undefined {
  for (const { body } of events.toReversed()) {
    const labelConfig = toEvent(JSON.parse(body))?.labelConfig
    if (labelConfig !== undefined) return labelConfig
  }
  return undefined
}

/** What a project's version is to a worker. */
export async function served(
  version: StoredVersion | undefined,
  base: string,
  files: Pick<VersionFiles, 'open'>,
): Promise<Pick<ProjectInput, 'version' | 'trainOutput' | 'files'>> {
  if (version === undefined) return { version: base, trainOutput: undefined, files: undefined }
  return {
    version: servedName(base, version.id),
    trainOutput: JSON.parse(version.trainOutput),
    files: await files.open(version),
  }
}

function stopped(): LsmlError {
  return new LsmlError('CANCELLED', 'The training is not wanted any more.')
}
