import { resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { type DatasetFormat, type WrittenDataset, writeDataset } from '../../datasets/write-dataset.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { createLogger } from '../../log.ts'
import { createMediaFactory } from '../../media/create-media.ts'
import { parseWhere } from '../annotate/where.ts'
import { findProject, needStudio, PROJECT_FLAG, STUDIO_FLAGS, toProject } from '../connect/studio-flags.ts'
import { createCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { nearest } from '../../internal/nearest.ts'
import { createStatusLine } from '../status-line.ts'

const FORMATS = ['coco', 'icdar', 'jsonl'] as const satisfies readonly DatasetFormat[]

const {
  'image-dir': imageDir,
  'allow-host': allowHost,
  'cache-dir': cacheDir,
  'max-file-size': maxFileSize,
  'log-level': logLevel,
} = MODEL_FLAGS

const FLAGS = {
  ...STUDIO_FLAGS,
  project: { ...PROJECT_FLAG, required: true },
  where: {
    type: 'string',
    valueHint: 'condition',
    description: 'Only these tasks, as for `lsml annotate`; may be given several times',
    group: 'Tasks',
    repeat: 'values',
  },
  format: {
    type: 'string',
    required: true,
    valueHint: 'name',
    description: 'coco, icdar or jsonl',
    group: 'Output',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Where the dataset goes; it has to be empty (default: project-<n>-<format>)',
    group: 'Output',
  },
  val: {
    type: 'string',
    valueHint: 'share',
    description: 'Keep this share of the tasks for validation, such as 0.2: train and val',
    group: 'Output',
  },
  json: { type: 'boolean', description: 'Print what was written as JSON', group: 'Output' },
  'image-dir': imageDir,
  'allow-host': allowHost,
  'cache-dir': cacheDir,
  'max-file-size': maxFileSize,
  'log-level': logLevel,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Writes what people have answered as a dataset for training elsewhere. */
export const exportDataset = createCommand({
  about: 'Writes the annotations of a project as a dataset: COCO, ICDAR or JSON lines, with the pictures.',
  synopsis: 'export --project <n> --format <coco|icdar|jsonl> [flags]',
  examples: [
    [
      'lsml export --project 12 --format coco --val 0.2',
      'For a detector: train.json, val.json and the pictures',
    ],
    ['lsml export --project 12 --format icdar --out receipts', 'For OCR: a gt_*.txt for each page'],
  ],
  notes: [
    'coco: images/<part>/12.jpg and <part>.json, with boxes, polygons, masks (RLE) and keypoints. Turned rectangles and ellipses are polygons.',
    'icdar: images/<part>/12.jpg and <part>/gt_12.txt, with four corners and the text of each line; ### where nobody has written it down.',
    'jsonl: images/<part>/12.jpg and <part>.jsonl, a task on each line with everything that was answered, in pixels. A part is all, or train and val.',
    [
      'Numbers of pictures are those of the tasks, and stay. The tasks of val are chosen by their numbers: the same ones in',
      'every export. Of several annotations of a task the ground truth counts, or else the one that changed last; tasks that',
      'nobody has answered are left out, and pages without a mark are kept. Pictures that EXIF turns are written upright.',
    ].join('\n'),
    'Tasks whose picture cannot be had are listed. Ends with 1 when there was one.',
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const id = toProject(args.project)
    const format = toFormat(args.format)
    const validationShare = args.val === undefined ? 0 : toShare(args.val)
    const where = lists.where ?? []
    const filters = parseWhere(where.length === 0 ? ['labeled'] : where)
    const settings = await readHostSettings({ args, lists, env, folder: process.cwd() })
    const { client, address, token } = needStudio(args, env)
    const out = args.out ?? `project-${id}-${format}`
    const project = await findProject(client, id)
    const log = createLogger(readLogLevel(args, 'warn'))
    const media = createMediaFactory({ ...settings.media, labelStudioUrl: address, apiKey: token }, { log })
    const line = createStatusLine()
    try {
      const dataset = await writeDataset({
        folder: resolve(out),
        format,
        validationShare,
        tasks: client.fullTasks(id, { filters }),
        labeling: parseLabelingConfig(project.label_config ?? ''),
        media: media.forProject({ id: String(id) }),
        onTask: (done) => line.show(`${done} tasks`),
      })
      line.clear()
      report(dataset, { out, json: args.json === true })
      return dataset.failures.length === 0 ? 0 : 1
    } finally {
      await media.close()
    }
  },
})

function report(
  { parts, failures }: WrittenDataset,
  { out, json }: { readonly out: string; readonly json: boolean },
): void {
  for (const { task, error } of failures) process.stderr.write(`lsml: task ${task}: ${error.message}\n`)
  if (json) {
    const listed = failures.map(({ task, error }) => ({ task, error: error.toJSON() }))
    process.stdout.write(`${JSON.stringify({ parts, failures: listed }, undefined, 2)}\n`)
    return
  }
  for (const { name, tasks, pages, regions } of parts)
    process.stdout.write(`${name}: ${tasks} tasks, ${pages} pictures, ${regions} regions\n`)
  if (failures.length > 0) process.stderr.write(`lsml: ${failures.length} tasks are missing.\n`)
  process.stderr.write(`Written to ${out}.\n`)
}

function toFormat(text: string): DatasetFormat {
  const format = FORMATS.find((known) => known === text.toLowerCase())
  if (format !== undefined) return format
  const near = nearest(text, FORMATS)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  throw new LsmlError('USAGE', `There is no format \`${text}\`.${hint} Known are: ${FORMATS.join(', ')}.`)
}

function toShare(text: string): number {
  const share = Number(text)
  if (share > 0 && share < 1) return share
  throw new LsmlError('USAGE', `\`--val\` is a share between 0 and 1, such as 0.2, and not \`${text}\`.`)
}
