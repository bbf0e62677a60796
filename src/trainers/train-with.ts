import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FitContext } from '../backend.ts'
import { type DatasetFormat, writeDataset, type WrittenDataset } from '../datasets/write-dataset.ts'
import type { LabelStudioEvent } from '../protocol/events.ts'
import { fillCommand, type TrainerCommand } from './fill-command.ts'
import { readProgress, type TrainerProgress } from './read-progress.ts'
import { runCommand } from './run-command.ts'
import { checkModel, findTrainedModel, type TrainedModel } from './trained-model.ts'

export interface TrainWithOptions {
  /**
   * The program and its arguments, as they are handed to the system: there is no shell. In them stand
   *
   * - `{dataset}`: the folder of the dataset
   * - `{train}`, `{val}`: its two parts, each a file (`coco`, `jsonl`) or a folder (`icdar`)
   * - `{trainImages}`, `{valImages}`: the folders of their pictures
   * - `{work}`: the folder of this training; what is left there belongs to the version
   * - `{model}`: where the ONNX file is to be left
   * - `{previous}`: the ONNX file of the version in use
   *
   * A group in square brackets of its own is left out where it has a `{previous}` and there is none yet.
   *
   * @example
   * ['python3', 'train.py', '--data', '{train}', '--out', '{model}', ['--from', '{previous}']]
   */
  readonly command: TrainerCommand
  readonly dataset: DatasetFormat
  /** Share of the tasks in `{val}`, from 0 to 1: by their ids, always the same ones. @default 0.2 */
  readonly validationShare?: number
  /** Where the trainer leaves its ONNX file, in `{work}`. @default 'model.onnx' */
  readonly model?: string
  /** Folder that the command runs in. @default that of the server */
  readonly cwd?: string
  /**
   * Tells lines that say how far it is, by named groups: `step` and `total`, or `percent`, or `fraction`; also `epoch`, and
   * `message`. Lines of JSON are understood without it: `{"progress": 0.5, "message": "…", "metrics": {"mAP": 0.41}}`.
   */
  readonly progress?: RegExp
  /** How many epochs there are, where lines tell the `epoch`. */
  readonly epochs?: number
  /** Milliseconds between SIGTERM and SIGKILL, when the training is cancelled. @default 10 000 */
  readonly graceMs?: number
}

/** What a training returns: see `findTrainedModel`. */
export interface TrainedWith {
  readonly model: TrainedModel
  /** Tasks of each part. */
  readonly tasks: Readonly<Record<'train' | 'val', number>>
  /** The last that the trainer printed, with which a version can be held back: see `gate`. */
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * A `fit` that runs a trainer of your own: the project's answered tasks are written as a dataset with their pictures, your
 * command trains with them, and the ONNX file that it leaves is the model of the new version.
 *
 * @returns a `fit` whose result is undefined, and makes no version, while nobody has answered a task
 * @throws LsmlError BACKEND_FAILED with the last lines of a command that fails, INVALID_MODEL for what it leaves
 *
 * @example
 * export default defineBackend({
 *   setup: async (ctx) => openObjectDetector(ctx.models, (await findTrainedModel(ctx)) ?? 'yolox.onnx'),
 *   predict: …,
 *   fit: trainWith({ command: ['python3', 'train.py', '{train}', '{model}'], dataset: 'coco' }),
 * })
 */
export function trainWith(
  options: TrainWithOptions,
): (event: LabelStudioEvent, context: FitContext<unknown>) => Promise<TrainedWith | undefined> {
  const { dataset: format, validationShare = 0.2, model: modelFile = 'model.onnx' } = options
  return async (_, context) => {
    const { labeling, media, signal, workDir, previous, log, progress } = context
    const folder = await mkdtemp(join(tmpdir(), 'lsml-dataset-'))
    try {
      progress(0, 'Writing the dataset')
      const dataset = await writeDataset({
        folder,
        format,
        tasks: context.tasks(),
        labeling,
        media,
        validationShare,
        signal,
      })
      const tasks = countTasks(dataset)
      for (const { task, error } of dataset.failures)
        log.warn(`Task ${task} is not in the dataset: ${error.message}`)
      if (tasks.train === 0) {
        log.info(
          `Nothing is trained: ${tasks.val === 0 ? 'no task is answered' : `all answered tasks, ${tasks.val}, are kept for validation`}`,
        )
        return undefined
      }
      const model = join(workDir, modelFile)
      const command = fillCommand(options.command, {
        ...pathsOf(dataset),
        dataset: folder,
        work: workDir,
        model,
        previous: await findTrainedModel(previous),
      })
      log.info(`Training with ${tasks.train} tasks: \`${command.join(' ')}\``)
      let metrics: TrainedWith['metrics'] = {}
      const say = ({ fraction, message, metrics: measured }: TrainerProgress) => {
        metrics = measured ?? metrics
        if (fraction !== undefined) progress(fraction, message)
      }
      await runCommand(command, {
        cwd: options.cwd,
        graceMs: options.graceMs,
        signal,
        onLine(line) {
          log.debug(line)
          const read = readProgress(line, options)
          if (read !== undefined) say(read)
        },
      })
      return { model: await checkModel(context, modelFile), tasks, metrics }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function countTasks({ parts }: WrittenDataset): TrainedWith['tasks'] {
  const [first, second] = parts
  return { train: first?.tasks ?? 0, val: second?.tasks ?? 0 }
}

/** Without a validation part, that of the training stands for it. */
function pathsOf({ parts }: WrittenDataset) {
  const [train, val = train] = parts
  return {
    train: train?.annotations,
    val: val?.annotations,
    trainImages: train?.images,
    valImages: val?.images,
  }
}
