import { LsmlError, toError } from '../../errors.ts'
import { annotateTasks } from '../annotate/annotate-tasks.ts'
import { openJournal } from '../annotate/journal.ts'
import { createAnnotateProgress } from '../annotate/progress.ts'
import { reportAnnotated } from '../annotate/report.ts'
import { sleep } from '../annotate/until-available.ts'
import type { HostSettings } from '../../projects/settings.ts'
import { MAX_JOINED_WORK } from '../../runner/limits.ts'
import { parseWhere } from '../annotate/where.ts'
import {
  describeStudio,
  findProject,
  needStudio,
  PROJECT_FLAG,
  STUDIO_FLAGS,
  toProject,
} from '../connect/studio-flags.ts'
import { createCommand } from '../command.ts'
import { cacheFolder, type Environment } from '../environment.ts'
import { findBackend } from '../find-backend.ts'
import { BACKEND_FLAG, COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { openStudioRunner } from '../project-runner.ts'
import { drainOnSignals } from '../signals.ts'
import { readStorage, STORAGE_FLAGS } from '../storage.ts'
import { toInteger, toMilliseconds } from '../values.ts'

const { 'label-studio-url': _url, ...RUN_FLAGS } = MODEL_FLAGS

const FLAGS = {
  backend: BACKEND_FLAG,
  ...STUDIO_FLAGS,
  project: { ...PROJECT_FLAG, required: true },
  where: {
    type: 'string',
    valueHint: 'condition',
    description: 'Only these tasks, such as unlabeled, id>100 or kind=invoice; may be given several times',
    group: 'Tasks',
    repeat: 'values',
  },
  overwrite: {
    type: 'boolean',
    description: 'Also tasks that have a prediction of this version, which is replaced',
    group: 'Tasks',
  },
  workers: {
    type: 'string',
    valueHint: 'n',
    description: 'Processes that run the model; each holds its own copy (default: one for each device)',
    group: 'Speed',
  },
  concurrency: {
    type: 'string',
    valueHint: 'n',
    description:
      'Pieces of work that one worker has at once; more than one pays with a model server (default: 1, or 8 with --max-batch)',
    group: 'Speed',
  },
  deadline: {
    type: 'string',
    default: '600',
    valueHint: 'seconds',
    description: 'A task that takes longer has failed',
    group: 'Speed',
  },
  ...STORAGE_FLAGS,
  json: { type: 'boolean', description: 'Print what was done as JSON', group: 'Output' },
  ...RUN_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Predicts for the tasks of a project and stores it there, without waiting for Label Studio to ask. */
export const annotate = createCommand({
  about: 'Predicts for all tasks of a project of Label Studio, and stores the predictions there.',
  synopsis: 'annotate <backend> --project <n> [flags]',
  examples: [
    ['lsml annotate ocr --project 12', 'All tasks that have no prediction of this version yet'],
    ['lsml annotate ocr --project 12 --where unlabeled --where "id>1000"', 'Only those for which both hold'],
    ['lsml annotate backend.ts --project 12 --overwrite --workers 2', 'All of them anew, two at a time'],
  ],
  notes: [
    [
      'For big batches: Label Studio ends a request after 90 s, and this asks Label Studio instead. It needs no server and',
      'no connected backend. Stop it with Ctrl-C, or let it crash, and run it again: it goes on with the tasks that have no',
      'prediction of this version, and none gets two. With --overwrite, too, it goes on where it was.',
    ].join('\n'),
    [
      'A condition of --where is unlabeled, labeled, unpredicted, or a field with =, !=, >, >=, <, <= or ~ (contains) and a',
      'value. Fields are id, inner_id, created_at, updated_at, completed_at, total_annotations, total_predictions,',
      "cancelled_annotations, predictions_score and file_upload; any other is one of the task's data, as is data.<name>. All",
      'conditions must hold. A text that begins with { or [ is a filter of the Data Manager, as its API has it.',
    ].join('\n'),
    'Tasks that failed are listed at the end. Ends with 1 when one failed, or when it was stopped.',
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const startedAt = Date.now()
    const id = toProject(args.project)
    const filters = parseWhere(lists.where ?? [])
    const backend = findBackend(args.backend)
    const workers = args.workers === undefined ? undefined : toInteger('workers', args.workers, [1, 256])
    const concurrency =
      args.concurrency === undefined ? undefined : toInteger('concurrency', args.concurrency, [1, 256])
    const deadlineMs = toMilliseconds('deadline', args.deadline)
    const overwrite = args.overwrite === true
    const settings = await readHostSettings({ args, lists, env, folder: backend.folder, workers })
    const studio = needStudio(args, env)
    const { client, address } = studio

    say(await describeStudio(studio))
    const project = await findProject(client, id)
    const storage = readStorage(args, env, backend)
    const logLevel = readLogLevel(args, 'warn')
    const opened = { backend, settings, workers, concurrency, storage, logLevel }
    const { runner, input } = await openStudioRunner(opened, studio, project)
    const controller = new AbortController()
    try {
      drainOnSignals(async () => controller.abort())
      const ids = await Array.fromAsync(client.taskIds(id, { filters }))
      // Other parameters are another run, although the version is the same.
      const parameters = JSON.stringify([settings.params, input.extraParams])
      const run = [address, id, runner.info.name, input.version, parameters]
      const journal = overwrite ? openJournal(settings.media?.cacheDir ?? cacheFolder(env), run) : undefined
      const done = journal?.done ?? new Set<number>()
      say(
        `Project ${id} (${project.title ?? ''}): ${ids.length} tasks, predicted with ${runner.info.name} ${input.version}.`,
      )
      if (done.size > 0) say(`Going on with a run that was interrupted: it has done ${done.size} tasks.`)
      const progress = createAnnotateProgress(ids.length)
      let stored = 0
      try {
        const result = await annotateTasks({
          runner,
          input,
          client,
          project: id,
          ids,
          done,
          overwrite,
          // One more than are in work, so that no worker waits for the next.
          atOnce: runner.status().length * (concurrency ?? joinedWork(settings)) + 1,
          deadlineMs,
          signal: controller.signal,
          sleep: (ms) => sleep(ms, controller.signal),
          onStored: (tasks) => journal?.add(tasks),
          onProgress(counts) {
            stored = counts.stored
            progress.show(counts)
          },
        })
        progress.clear()
        const isWhole = result.stored + result.passed + result.failed === ids.length
        if (isWhole) journal?.remove()
        const summary = { project: id, version: input.version, tasks: ids.length, ...result, isWhole }
        reportAnnotated(summary, { json: args.json === true, elapsedMs: Date.now() - startedAt })
        return isWhole && result.failed === 0 ? 0 : 1
      } catch (error) {
        progress.clear()
        const { code, message } =
          error instanceof LsmlError ? error : new LsmlError('INTERNAL', toError(error).message)
        throw new LsmlError(
          code,
          `${message} ${stored} tasks were stored before. Run the same command again: it goes on from there.`,
          { cause: error },
        )
      }
    } finally {
      await runner.close()
    }
  },
})

/** Pieces of work that a worker has at once when nobody says how many. */
function joinedWork({ batching }: HostSettings): number {
  return Math.min(batching?.maxRows ?? 1, MAX_JOINED_WORK)
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
