import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { createEvaluation } from '../../evaluation/create-evaluation.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { createLogger } from '../../log.ts'
import { createMediaFactory } from '../../media/create-media.ts'
import type { HostSettings } from '../../projects/settings.ts'
import { parseWhere } from '../annotate/where.ts'
import {
  findProject,
  needStudio,
  PROJECT_FLAG,
  STUDIO_FLAGS,
  type StudioArgs,
  toProject,
} from '../connect/studio-flags.ts'
import { createCommand } from '../command.ts'
import { DATA_FLAGS, dataFolder } from '../data-folder.ts'
import type { Environment } from '../environment.ts'
import { drawWorst } from '../evaluate/draw-worst.ts'
import { type EvaluatedTask, evaluateTasks, type NamedTask } from '../evaluate/evaluate-tasks.ts'
import { renderReport } from '../evaluate/render-report.ts'
import { findBackend, type FoundBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { readLabelConfig } from '../label-config.ts'
import { readTasks } from '../predict/read-tasks.ts'
import { openProjectRunner, openStudioRunner, type ProjectRunner } from '../project-runner.ts'
import { createStatusLine } from '../status-line.ts'
import { toInteger } from '../values.ts'

const { 'label-studio-url': _url, ...RUN_FLAGS } = MODEL_FLAGS

const FLAGS = {
  backend: {
    type: 'positional',
    required: true,
    description: 'a file, a folder with a backend.ts, or the name of an example that ships',
  },
  ...STUDIO_FLAGS,
  project: PROJECT_FLAG,
  where: {
    type: 'string',
    valueHint: 'condition',
    description: 'Only these tasks, as for `lsml annotate`; may be given several times',
    group: 'Tasks',
    repeat: 'values',
  },
  tasks: {
    type: 'string',
    valueHint: 'file',
    description: 'In place of --project: an export of Label Studio (JSON), without Label Studio',
    group: 'Tasks',
  },
  'label-config': {
    type: 'string',
    valueHint: 'file',
    description: 'For --tasks, the labeling config (default: labeling.xml beside the backend)',
    group: 'Tasks',
  },
  workers: {
    type: 'string',
    valueHint: 'n',
    description: 'Processes that run the model; each holds its own copy (default: one for each device)',
    group: 'Speed',
  },
  ...DATA_FLAGS,
  version: {
    type: 'string',
    valueHint: 'id',
    description:
      'Of what the backend has learnt, as `lsml versions` lists it; own is what it knew before (default: the one that serves the project; own for --tasks)',
    group: 'Learning',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Write report.json here, and pictures of the worst tasks: as answered, and as predicted',
    group: 'Output',
  },
  worst: {
    type: 'string',
    default: '10',
    valueHint: 'n',
    description: 'How many of the worst tasks are listed and drawn',
    group: 'Output',
  },
  json: { type: 'boolean', description: 'Print the numbers as JSON, shares from 0 to 1', group: 'Output' },
  ...RUN_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** It takes the time that it takes. */
const DEADLINE_MS = 3_600_000

/** Measures a backend by what people have answered. */
export const evaluate = createCommand({
  about: 'Measures how good the predictions of a backend are, by what people have answered.',
  synopsis: 'evaluate <backend> (--project <n> | --tasks <file>) [flags]',
  examples: [
    ['lsml evaluate ocr --project 12 --out worst', 'All answered tasks; the worst ones as pictures'],
    ['lsml evaluate detection --tasks export.json --json', 'Without Label Studio, for a script'],
  ],
  notes: [
    [
      'The labeling config says what is measured: things on pictures by mean average precision (COCO, of the boxes around',
      'them); texts on pictures by H-mean (ICDAR 2015, IoU above 0.5) and character error rate; choices for whole tasks and',
      'labels of parts of texts by F1, where a part counts when its label, beginning and end are right.',
    ].join('\n'),
    [
      'Of several annotations of a task the ground truth counts, or else the one that changed last. Backends do not see the',
      'annotations. What a backend has learnt from these tasks it knows: compare with --version own on others.',
    ].join('\n'),
    'Ends with 1 when a task failed; the others are measured all the same.',
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const backend = findBackend(args.backend)
    const most = toInteger('worst', args.worst, [0, 1000])
    const workers = args.workers === undefined ? undefined : toInteger('workers', args.workers, [1, 256])
    const settings = await readHostSettings({ args, lists, env, folder: backend.folder, workers })
    const logLevel = readLogLevel(args, 'warn')
    const where = lists.where ?? []
    const dataDir = dataFolder(args, env, backend)
    const { version } = args
    const opening = { backend, settings, workers, logLevel, dataDir, version }
    const source = await openSource({ args, env, where, ...opening })
    const { runner, input, tasks } = source
    const media = createMediaFactory(source.media, { log: createLogger(logLevel) })
    try {
      const labeling = parseLabelingConfig(input.labelConfig)
      const evaluation = createEvaluation(labeling)
      const line = createStatusLine()
      let done = 0
      const { worst, unanswered, failures } = await evaluateTasks({
        runner,
        input,
        evaluation,
        tasks,
        atOnce: runner.status().length + 1,
        deadlineMs: DEADLINE_MS,
        worst: most,
        onTask: (name) => line.show(`${++done} ${name}`),
      })
      line.clear()
      for (const { name, error } of failures) say(`lsml: ${name}: ${error.message}`)
      if (evaluation.passedOver.length > 0) say(`Not measured: ${evaluation.passedOver.join(', ')}.`)
      if (unanswered > 0) say(`${unanswered} tasks have no answer, and were left out.`)
      const report = { backend: runner.info.name, version: input.version, ...evaluation.report() }
      if (report.tasks === 0)
        throw new LsmlError(
          'INVALID_REQUEST',
          'There is nothing to compare: no task that was predicted has an answer.',
        )
      const json = `${JSON.stringify({ ...report, failed: failures.length, worst: worst.map(toPlain) }, undefined, 2)}\n`
      if (args.json === true) process.stdout.write(json)
      else {
        process.stdout.write(
          `${runner.info.name} ${input.version} on ${report.tasks} tasks\n\n${renderReport(report)}\n`,
        )
        if (worst.length > 0) process.stdout.write(`\nWorst\n${worst.map(lineOf).join('\n')}\n`)
      }
      if (args.out !== undefined) {
        const folder = resolve(args.out)
        await mkdir(folder, { recursive: true })
        await writeFile(join(folder, 'report.json'), json)
        const drawn = await drawWorst(worst, { folder, labeling, media: media.forProject(input) })
        for (const [index, each] of drawn.entries())
          if (each instanceof Error) say(`lsml: ${worst[index]?.name} was not drawn: ${each.message}`)
        const pictures = drawn.reduce((sum, each) => sum + (each instanceof Error ? 0 : each.length), 0)
        say(`Written to ${args.out}: report.json and ${pictures} pictures.`)
      }
      return failures.length === 0 ? 0 : 1
    } finally {
      await Promise.all([runner.close(), media.close()])
    }
  },
})

interface SourceOptions {
  readonly args: StudioArgs & {
    readonly project?: string | undefined
    readonly tasks?: string | undefined
    readonly 'label-config'?: string | undefined
  }
  readonly env: Environment
  readonly where: readonly string[]
  readonly backend: FoundBackend
  readonly settings: HostSettings
  readonly workers: number | undefined
  readonly logLevel: ReturnType<typeof readLogLevel>
  readonly dataDir: string
  readonly version: string | undefined
}

interface Source extends ProjectRunner {
  readonly tasks: AsyncIterable<NamedTask> | Iterable<NamedTask>
  readonly media: HostSettings['media']
}

/** @throws LsmlError USAGE unless there is one of both */
async function openSource({ args, env, where, ...options }: SourceOptions): Promise<Source> {
  const { project: number, tasks: file } = args
  if ((number === undefined) === (file === undefined))
    throw new LsmlError('USAGE', 'Give `--project` or `--tasks`: where the answers are.')
  if (file !== undefined) {
    if (where.length > 0)
      throw new LsmlError('USAGE', '`--where` is for `--project`: Label Studio chooses the tasks.')
    const labelConfig = await readLabelConfig(options.backend.folder, args['label-config'])
    const tasks = await readTasks(file, parseLabelingConfig(labelConfig))
    const opened = await openProjectRunner(options, { id: undefined, labelConfig })
    return { ...opened, tasks, media: options.settings.media }
  }
  const studio = needStudio(args, env)
  const id = toProject(number ?? '')
  const filters = parseWhere(where.length === 0 ? ['labeled'] : where)
  const project = await findProject(studio.client, id)
  const opened = await openStudioRunner(options, studio, project)
  async function* tasks(): AsyncGenerator<NamedTask> {
    for await (const task of studio.client.fullTasks(id, { filters }))
      yield { name: `task-${task.id}`, load: async () => task }
  }
  const media = { ...options.settings.media, labelStudioUrl: studio.address, apiKey: studio.token }
  return { ...opened, tasks: tasks(), media }
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
