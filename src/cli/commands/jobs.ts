import { LsmlError } from '../../errors.ts'
import { nearest } from '../../internal/nearest.ts'
import type { Job } from '../../store/job.ts'
import type { JobLogLine, Store } from '../../store/store.ts'
import { createCommand } from '../command.ts'
import { findBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags, STARTED_BACKEND_FLAG } from '../flags.ts'
import { columns, formatSeconds } from '../models/format.ts'
import { openStorage, readStorage, STORAGE_FLAGS } from '../storage.ts'
import { toInteger } from '../values.ts'
import { formatTime } from '../versions/format.ts'

const FLAGS = {
  backend: STARTED_BACKEND_FLAG,
  action: {
    type: 'positional',
    required: false,
    description: 'list (default), show <job> or cancel <job>',
  },
  job: { type: 'positional', required: false, description: 'its id' },
  project: { type: 'string', valueHint: 'id', description: 'Only those of this project', group: 'Jobs' },
  limit: {
    type: 'string',
    valueHint: 'n',
    default: '20',
    description: 'list: so many, the newest first',
    group: 'Jobs',
  },
  json: { type: 'boolean', description: 'Print as JSON', group: 'Jobs' },
  ...STORAGE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Trainings: those that wait, run and have ended. */
export const jobs = createCommand({
  about: 'Lists, shows and cancels the trainings of a backend.',
  synopsis: 'jobs <backend> [list|show|cancel] [flags]',
  examples: [
    ['lsml jobs text-classifier', 'The newest trainings: which one runs, how far it is, why one failed'],
    ['lsml jobs backend.ts show 20261125T101500123-1a2b3c4d', 'All that is known of one, with its log'],
    ['lsml jobs backend.ts cancel 20261125T101500123-1a2b3c4d', 'Stops it; what serves stays as it is'],
  ],
  notes: ['All of this works while a server runs, which stops a cancelled training within a few seconds.'],
  flags: FLAGS,

  async run(args) {
    const { action = 'list', job: id, project, json = false } = args
    if (!ACTIONS.some((known) => known === action)) throw unknownAction(action)
    if (action === 'list' && id !== undefined)
      throw new LsmlError('USAGE', `\`list\` takes no job, and got \`${id}\`. Did you mean \`show ${id}\`?`)
    const limit = toInteger('limit', args.limit, [1, 1_000])
    const storage = readStorage(args, process.env, findBackend(args.backend))
    // Looking must make no store where there is none.
    const { store } = await openStorage(storage, { isNew: false })
    try {
      if (action === 'list') {
        const listed = await store.listJobs({ ...(project !== undefined && { project }), limit })
        if (json) process.stdout.write(`${JSON.stringify(listed.map(toJson), undefined, 2)}\n`)
        else if (listed.length === 0) process.stderr.write('There was no training yet.\n')
        else process.stdout.write(`${tableOf(listed)}\n`)
        return 0
      }
      const job = await findJob(store, id, action)
      if (action === 'cancel') await cancel(store, job)
      else await show(store, job, json)
    } finally {
      await store.close()
    }
    return 0
  },
})

const ACTIONS = ['list', 'show', 'cancel'] as const

async function findJob(store: Store, id: string | undefined, action: string): Promise<Job> {
  if (id === undefined)
    throw new LsmlError('USAGE', `Say which job to ${action}, as \`lsml jobs <backend>\` prints it.`)
  const job = await store.findJob(id)
  if (job !== undefined) return job
  throw new LsmlError('USAGE', `There is no job \`${id}\`. \`lsml jobs <backend>\` has the newest.`)
}

async function cancel(store: Store, { id, state }: Job): Promise<void> {
  if (!(await store.cancelJob(id, Date.now())))
    throw new LsmlError('USAGE', `The job \`${id}\` has ended before: it has ${state}.`)
  process.stderr.write(`Cancelled ${id}. What serves stays as it is.\n`)
}

async function show(store: Store, job: Job, json: boolean): Promise<void> {
  const log = await store.logOfJob(job.id)
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...toJson(job), log }, undefined, 2)}\n`)
    return
  }
  const rows = [
    ['Project', job.project],
    ['State', stateOf(job)],
    ['Attempt', String(job.attempt)],
    ['Events', String(job.events)],
    ['Created', `${formatTime(job.createdAt)} UTC`],
    ['Took', tookOf(job)],
    ['Version', job.version ?? '-'],
    ...(job.error === undefined ? [] : [['Error', job.error.message]]),
  ]
  const lines = log.length === 0 ? [] : ['', ...log.map(lineOf)]
  process.stdout.write(`${[job.id, '', ...columns(rows).map((row) => `  ${row}`), ...lines].join('\n')}\n`)
}

function tableOf(listed: readonly Job[]): string {
  const head = ['project', 'job', 'state', 'events', 'took', 'what came of it']
  const rows = listed.map((job) => [
    job.project,
    job.id,
    stateOf(job),
    String(job.events),
    tookOf(job),
    job.error?.message ?? job.version ?? (job.state === 'succeeded' ? 'nothing new' : '-'),
  ])
  return columns([head, ...rows]).join('\n')
}

function stateOf({ state, progress, message }: Job): string {
  if (state !== 'running') return state
  return [`running, ${Math.round(progress * 100)} %`, ...(message === undefined ? [] : [message])].join(': ')
}

/** Of the last attempt. */
function tookOf({ startedAt, endedAt, state }: Job): string {
  if (startedAt === undefined) return '-'
  if (state === 'running') return formatSeconds((Date.now() - startedAt) / 1000)
  return endedAt === undefined ? '-' : formatSeconds((endedAt - startedAt) / 1000)
}

function lineOf({ at, level, message }: JobLogLine): string {
  return `${formatTime(at)} ${level.padEnd(5)} ${message}`
}

function toJson(job: Job) {
  const { id, project, state, attempt, events, progress, message, error, version } = job
  return {
    id,
    project,
    state,
    attempt,
    events,
    progress,
    message: message ?? null,
    error: error ?? null,
    version: version ?? null,
    created_at: iso(job.createdAt),
    started_at: iso(job.startedAt),
    ended_at: iso(job.endedAt),
  }
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}

function unknownAction(name: string): LsmlError {
  const near = nearest(name, ACTIONS)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return new LsmlError('USAGE', `\`lsml jobs\` cannot \`${name}\`.${hint} It can: ${ACTIONS.join(', ')}.`)
}
