import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createEvaluation } from '../../evaluation/create-evaluation.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { createLogger } from '../../log.ts'
import { createMediaFactory } from '../../media/create-media.ts'
import { PROJECT_FLAG, STUDIO_FLAGS } from '../connect/studio-flags.ts'
import { createCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { drawWorst } from '../evaluate/draw-worst.ts'
import { evaluateTasks } from '../evaluate/evaluate-tasks.ts'
import { openSource } from '../evaluate/open-source.ts'
import { reportEvaluated } from '../evaluate/report.ts'
import { findBackend } from '../find-backend.ts'
import { BACKEND_FLAG, COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { createStatusLine } from '../status-line.ts'
import { readStorage, STORAGE_FLAGS } from '../storage.ts'
import { toInteger } from '../values.ts'

const { 'label-studio-url': _url, ...RUN_FLAGS } = MODEL_FLAGS

const FLAGS = {
  backend: BACKEND_FLAG,
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
  ...STORAGE_FLAGS,
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
    const storage = readStorage(args, env, backend)
    const { version } = args
    const opening = { backend, settings, workers, logLevel, storage, version }
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
      const report = { backend: runner.info.name, version: input.version, ...evaluation.report() }
      const result = { report, worst, failures, unanswered, passedOver: evaluation.passedOver }
      const json = reportEvaluated(result, { json: args.json === true })
      if (args.out !== undefined) {
        const folder = resolve(args.out)
        await mkdir(folder, { recursive: true })
        await writeFile(join(folder, 'report.json'), json)
        const pictures = await drawWorst(worst, { folder, labeling, media: media.forProject(input) })
        process.stderr.write(`Written to ${args.out}: report.json and ${pictures} pictures.\n`)
      }
      return failures.length === 0 ? 0 : 1
    } finally {
      await Promise.all([runner.close(), media.close()])
    }
  },
})
