import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import type { LabelingConfig, ObjectTag } from '../../labeling/config.ts'
import { taskData } from '../task-data.ts'
import { type DryTask, fileAsDataUrl } from './dry-task.ts'
import { localFileUrls } from './local-file-urls.ts'
import { readTasks } from './read-tasks.ts'

export interface Inputs {
  readonly tasks: readonly DryTask[]
  /** The `LOCAL_FILES_DOCUMENT_ROOT` with which the addresses of pictures given by path are right. */
  readonly documentRoot: string | undefined
}

const IMAGE = /\.(png|jpe?g|webp|gif|bmp|tiff?|avif|heic)$/i

/**
 * Tasks out of images, folders of images (sorted, without sub-folders) and JSON files with tasks or their data.
 *
 * @param documentRoot of Label Studio's local storage, where it is known
 * @throws LsmlError USAGE when something is not there, or is no such thing
 */
export async function readInputs(
  paths: readonly string[],
  labeling: LabelingConfig,
  documentRoot?: string,
): Promise<Inputs> {
  const files = paths.flatMap(filesOf)
  const images = files.filter((file) => !isJson(file))
  const urls = localFileUrls(images, documentRoot)
  const tasks: DryTask[] = []
  for (const file of files) {
    if (isJson(file)) tasks.push(...(await readTasks(file, labeling)))
    else tasks.push(imageTask(file, urls.urlOf(file), imageTag(labeling)))
  }
  return { tasks, documentRoot: images.length === 0 ? undefined : urls.root }
}

function filesOf(path: string): readonly string[] {
  if (!existsSync(path)) throw usage(`There is nothing at \`${path}\`.`)
  if (!statSync(path).isDirectory()) return [resolve(path)]
  const images = readdirSync(path)
    .filter((name) => IMAGE.test(name) && statSync(join(path, name)).isFile())
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  if (images.length === 0) throw usage(`The folder \`${path}\` holds no images.`)
  return images.map((name) => resolve(path, name))
}

function isJson(file: string): boolean {
  return extname(file).toLowerCase() === '.json'
}

function imageTag({ objects }: LabelingConfig): ObjectTag {
  const tag = objects.find(({ type }) => type === 'Image')
  if (tag !== undefined) return tag
  throw usage(
    'The labeling config shows no `Image`, so an image is no task for it. Give a JSON file of tasks.',
  )
}

function imageTask(file: string, url: string, tag: ObjectTag): DryTask {
  return {
    name: basename(file),
    data: taskData(tag, url),
    load: async () => ({ data: taskData(tag, await fileAsDataUrl(file)) }),
  }
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
