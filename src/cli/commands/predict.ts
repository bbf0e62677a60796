import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LsmlError, toError } from '../../errors.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { createLogger } from '../../log.ts'
import { createMediaFactory } from '../../media/create-media.ts'
import type { VersionedPrediction } from '../../protocol/result.ts'
import type { Task } from '../../protocol/task.ts'
import { createProcessRunner } from '../../runner/processes.ts'
import type { ProjectInput, Runner } from '../../runner/runner.ts'
import { createCommand } from '../command.ts'
import type { Environment } from '../environment.ts'
import { findBackend } from '../find-backend.ts'
import { BACKEND_FLAG, COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { readLabelConfig } from '../label-config.ts'
import { predictTasks } from '../predict-tasks.ts'
import { createTaskDrawer, type TaskDrawer } from '../predict/draw-task.ts'
import type { DryTask } from '../predict/dry-task.ts'
import { createProgress } from '../predict/progress.ts'
import { readInputs } from '../predict/read-inputs.ts'
import { summarize } from '../predict/summarize.ts'

const FLAGS = {
  backend: BACKEND_FLAG,
  input: {
    type: 'positional',
    required: true,
    repeat: 'values',
    description:
      'images, folders of images, or JSON files with tasks (paths in them are relative to the file)',
  },
  'label-config': {
    type: 'string',
    valueHint: 'file',
    description: "The project's labeling config (default: labeling.xml beside the backend)",
    group: 'Output',
  },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'Write predictions.json here, and a picture of each page with its boxes and texts',
    group: 'Output',
  },
  json: {
    type: 'boolean',
    description: 'Print tasks with predictions as Label Studio imports them',
    group: 'Output',
  },
  ...MODEL_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** A dry run takes the time that it takes. */
const DEADLINE_MS = 3_600_000

/** Predicts for files of this machine, without a Label Studio. */
export const predict = createCommand({
  about: 'Predicts for images or tasks without Label Studio, and shows or draws the result.',
  synopsis: 'predict <backend> <image|folder|tasks.json> … [flags]',
  examples: [
    ['lsml predict ocr receipt.jpg', 'Prints the lines of text and their scores'],
    ['lsml predict ocr scans/ --out out', 'Draws them on each page of a folder, beside out/predictions.json'],
    ['lsml predict backend.ts tasks.json --json > import.json', 'For Import in Label Studio'],
  ],
  notes: ['Ends with 1 when a task failed; the others are predicted all the same.'],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const backend = findBackend(args.backend)
    const labelConfig = await readLabelConfig(backend.folder, args['label-config'])
    const labeling = parseLabelingConfig(labelConfig)
    const settings = await readHostSettings({ args, lists, env, folder: backend.folder, workers: 1 })
    const inputs = await readInputs(lists.input ?? [], labeling, settings.media?.localFilesRoot)
    const logLevel = readLogLevel(args, 'warn')
    const log = createLogger(logLevel)
    const out = args.out === undefined ? undefined : resolve(args.out)

    const { module, name } = backend
    const runner = await createProcessRunner({ module, name, workers: 1, settings, log, logLevel })
    const media = createMediaFactory(settings.media, { log })
    try {
      const project = { id: 'dry-run', labelConfig, version: runner.info.version }
      await runner.setUp(project)
      if (out !== undefined) await mkdir(out, { recursive: true })
      const drawer =
        out === undefined ? undefined : createTaskDrawer(out, labeling, media.forProject(project))
      const progress = createProgress(inputs.tasks.length)
      const imported: ImportedTask[] = []
      let failures = 0
      for (const [index, dry] of inputs.tasks.entries()) {
        progress.show(index, dry.name)
        const outcome = await predictTask(runner, project, dry, drawer)
        progress.clear()
        if ('error' in outcome) {
          failures++
          process.stderr.write(`lsml: ${dry.name}: ${outcome.error.message}\n`)
        } else if (args.json !== true) {
          for (const each of outcome.predictions)
            process.stdout.write(`${summarize(dry.name, each, labeling)}\n`)
        }
        imported.push({ data: dry.data, predictions: 'error' in outcome ? [] : outcome.predictions })
      }
      const json = `${JSON.stringify(imported, undefined, 2)}\n`
      if (args.json === true) process.stdout.write(json)
      if (out !== undefined) {
        await writeFile(join(out, 'predictions.json'), json)
        process.stderr.write(`Written to ${args.out}: predictions.json and the pictures.\n`)
      }
      if (inputs.documentRoot !== undefined && (args.json === true || out !== undefined))
        process.stderr.write(
          `The pictures' addresses are those of a Label Studio with LOCAL_FILES_DOCUMENT_ROOT=${inputs.documentRoot}\n`,
        )
      if (failures > 0) process.stderr.write(`lsml: ${failures} of ${imported.length} tasks failed.\n`)
      return failures === 0 ? 0 : 1
    } finally {
      await Promise.all([runner.close(), media.close()])
    }
  },
})

/** A task as Label Studio imports it. */
interface ImportedTask {
  readonly data: Task['data']
  readonly predictions: readonly VersionedPrediction[]
}

/** A picture that cannot be read, or drawn, costs only itself. */
async function predictTask(
  runner: Runner,
  project: ProjectInput,
  dry: DryTask,
  drawer: TaskDrawer | undefined,
): Promise<{ readonly predictions: readonly VersionedPrediction[] } | { readonly error: Error }> {
  try {
    const task = await dry.load()
    const [outcome] = await predictTasks(runner, { project, tasks: [task], deadlineMs: DEADLINE_MS })
    if (outcome === undefined) throw new LsmlError('INTERNAL', 'The runner answered nothing.')
    if ('error' in outcome) return outcome
    for (const { model_version: title, result } of outcome.predictions)
      await drawer?.draw(dry.name, task, [{ title, result }])
    return outcome
  } catch (error) {
    return { error: toError(error) }
  }
}
