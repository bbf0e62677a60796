import { mkdir, readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LsmlError, toLsmlError } from '../errors.ts'
import { inOrder } from '../internal/in-order.ts'
import { stableShare } from '../internal/stable-share.ts'
import type { LabelingConfig } from '../labeling/config.ts'
import type { Media } from '../media/media.ts'
import type { Task } from '../protocol/task.ts'
import { createDatasetWriter, type DatasetFormat } from './dataset-writer.ts'
import { type LabeledTask, toLabeledTask } from './labeled-task.ts'
import { imageTags, type LoadedPage, loadPages } from './object-pages.ts'

export type { DatasetFormat }

export interface DatasetOptions {
  /** It is made, and has to be empty. */
  readonly folder: string
  readonly format: DatasetFormat
  /** With their annotations; those that nobody has answered are passed over. */
  readonly tasks: AsyncIterable<Task> | Iterable<Task>
  readonly labeling: LabelingConfig
  /** Where pictures come from. */
  readonly media: Pick<Media, 'bytes'>
  /**
   * Share of the tasks, from 0 to 1, that are kept for validation: chosen by the task's number, and so the same ones in
   * every export. Without it there is one part, `all`. @default 0
   */
  readonly validationShare?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** After each task. */
  readonly onTask?: ((done: number) => void) | undefined
}

export interface WrittenPart {
  readonly name: 'all' | 'train' | 'val'
  /** Absolute path of the folder with its pictures. */
  readonly images: string
  /** Absolute path: a file of `coco` and `jsonl`, a folder of `icdar`. */
  readonly annotations: string
  readonly tasks: number
  readonly pages: number
  readonly regions: number
}

export interface WrittenDataset {
  readonly parts: readonly WrittenPart[]
  /** Tasks that are missing, and why. */
  readonly failures: readonly { readonly task: number | undefined; readonly error: LsmlError }[]
}

/** Downloads that are under way at once. */
const AT_ONCE = 4

/**
 * Writes annotated tasks as a dataset, its pictures beside them: `images/<part>/12.jpg` and `<part>.json` (COCO),
 * `<part>/gt_12.txt` (ICDAR) or `<part>.jsonl`. A task whose picture cannot be had is left out and told; the others
 * are written all the same.
 *
 * @throws LsmlError USAGE for a folder that is not empty, INVALID_LABEL_CONFIG for a format of pictures and a labeling
 * config without any
 * @example
 * await writeDataset({ folder: 'out', format: 'coco', tasks: studio.labeledTasks(12), labeling, media, validationShare: 0.2 })
 */
export async function writeDataset(options: DatasetOptions): Promise<WrittenDataset> {
  const { format, tasks, labeling, media, validationShare = 0, signal, onTask } = options
  if (format !== 'jsonl' && imageTags(labeling).length === 0) throw withoutImages(format)
  const folder = resolve(options.folder)
  await makeEmptyFolder(folder)
  const parts = validationShare > 0 ? (['train', 'val'] as const) : (['all'] as const)
  const writer = await createDatasetWriter({ folder, format, labeling, parts })
  const failures: WrittenDataset['failures'][number][] = []
  let done = 0
  for await (const loaded of inOrder(tasks, AT_ONCE, (task) => load(task, { labeling, media, signal }))) {
    signal?.throwIfAborted()
    if ('error' in loaded) failures.push(loaded)
    else if (loaded.labeled !== undefined) {
      const isKept = stableShare(String(loaded.labeled.task.id)) < validationShare
      const [first, second = first] = parts
      await writer.add(isKept ? second : first, loaded.labeled, loaded.pages)
    }
    onTask?.(++done)
  }
  return { parts: await writer.end(), failures }
}

type Loaded =
  | { readonly task: number | undefined; readonly error: LsmlError }
  | { readonly labeled: LabeledTask | undefined; readonly pages: readonly LoadedPage[] }

async function load(
  task: Task,
  { labeling, media, signal }: Pick<DatasetOptions, 'labeling' | 'media' | 'signal'>,
): Promise<Loaded> {
  const labeled = toLabeledTask(task)
  if (labeled === undefined) return { labeled, pages: [] }
  try {
    return { labeled, pages: await loadPages(labeled, labeling, media, { signal }) }
  } catch (error) {
    return { task: task.id, error: toLsmlError(error, 'INTERNAL') }
  }
}

async function makeEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length === 0) return
  throw new LsmlError(
    'USAGE',
    `The folder \`${folder}\` is not empty, and what lies there would mix with the dataset. Name another, or empty it.`,
  )
}

function withoutImages(format: DatasetFormat): LsmlError {
  return new LsmlError(
    'INVALID_LABEL_CONFIG',
    `The labeling config shows no \`Image\`, and the format \`${format}\` is one of pictures. Take \`jsonl\`.`,
  )
}
