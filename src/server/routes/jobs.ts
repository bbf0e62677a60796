import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { jobStatusRequestSchema } from '../../protocol/requests.ts'
import type { Job, JobState } from '../../store/job.ts'
import type { Store } from '../../store/store.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** What the backends of 2021 told of their trainings, in their words. */
export function jobRoutes({
  runner,
  store,
  versions,
}: Pick<Parts, 'runner' | 'store' | 'versions'>): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/is_training', async (c) => {
      const key = c.req.query('project')
      const project = key === undefined ? undefined : parseProjectId(key)
      const [job] = await store.listJobs({
        ...(project !== undefined && { project }),
        states: ['queued', 'running'],
      })
      return c.json({
        is_training: job !== undefined,
        backend: 'none',
        model_version: project === undefined ? runner.info.version : versions.current(project).version,
        ...(job !== undefined && { job_id: job.id }),
      })
    })
    .post('/job_status', validateJson(jobStatusRequestSchema), async (c) => {
      const { job: id } = c.req.valid('json')
      const job = await findStatus(store, id)
      if (job !== undefined) return c.json(job)
      // What Label Studio takes for a job that was removed.
      throw new HTTPException(410, {
        message: `There is no job \`${id.slice(0, 100)}\`. \`/train\` answers with the id of its job.`,
      })
    })
}

/** Of a job, or of the event for which there is none yet: `/train` answers before it is known whether others join it. */
async function findStatus(store: Store, id: string) {
  const event = await store.findEvent(id)
  const job = await store.findJob(event?.job ?? id)
  if (job !== undefined) return toStatus(job)
  if (event === undefined) return undefined
  // The events of a job that failed wait for the next; until that comes, the failure is what there is to tell.
  const [last] = await store.listJobs({ project: event.project, limit: 1 })
  if (last?.state === 'failed' && last.createdAt >= event.receivedAt) return toStatus(last)
  return { ...timesOf({ createdAt: event.receivedAt }), job_status: 'queued', error: null }
}

const STATUS = {
  queued: 'queued',
  running: 'started',
  succeeded: 'finished',
  failed: 'failed',
  cancelled: 'canceled',
} as const satisfies Record<JobState, string>

function toStatus(job: Job) {
  const { state, progress, message, error, version } = job
  return {
    job_status: STATUS[state],
    error: error?.message ?? null,
    ...timesOf(job),
    progress,
    ...(message !== undefined && { message }),
    ...(version !== undefined && { result: { model_version: version } }),
  }
}

function timesOf({
  createdAt,
  startedAt,
  endedAt,
}: Pick<Job, 'createdAt'> & Partial<Pick<Job, 'startedAt' | 'endedAt'>>) {
  const created = toIso(createdAt)
  return { created_at: created, enqueued_at: created, started_at: toIso(startedAt), ended_at: toIso(endedAt) }
}

function toIso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}
