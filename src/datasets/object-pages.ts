import { LsmlError } from '../errors.ts'
import type { LabelingConfig, ObjectTag } from '../labeling/config.ts'
import { taskValues } from '../labeling/data-path.ts'
import type { Media } from '../media/media.ts'
import { markedRegions } from '../regions/marked-regions.ts'
import type { ObjectPage } from './json-line.ts'
import type { LabeledTask } from './labeled-task.ts'
import { type Picture, toPicture } from './picture.ts'

/** Numbers of pictures are those of their tasks where a task has one; else a task has room for so many. */
const PAGES_PER_TASK = 10_000

export interface LoadedPage {
  readonly page: ObjectPage
  readonly picture: Picture
}

/** The tags that show pictures. */
export function imageTags({ objects }: LabelingConfig): readonly ObjectTag[] {
  return objects.filter(({ type }) => type === 'Image')
}

/**
 * The pictures of a task, fetched, with what was marked on them.
 *
 * @throws LsmlError when one cannot be fetched or read, and INVALID_REQUEST for a task without a number or a picture
 */
export async function loadPages(
  { task, annotation }: LabeledTask,
  labeling: LabelingConfig,
  media: Pick<Media, 'bytes'>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly LoadedPage[]> {
  const { id } = task
  if (id === undefined) throw new LsmlError('INVALID_REQUEST', 'The task has no number (`id`).')
  const tags = imageTags(labeling)
  const values = tags.flatMap((tag) =>
    taskValues(task, tag).map(({ value, index }) => ({ tag, value, index })),
  )
  const isPaged = tags.length > 1 || tags.some(({ valueList }) => valueList !== undefined)
  const loaded: LoadedPage[] = []
  for (const [ordinal, { tag, value, index }] of values.entries()) {
    const { signal } = options
    const picture = await toPicture(
      await media.bytes(value, { task, ...(signal !== undefined && { signal }) }),
    )
    const { width, height, extension } = picture
    const { regions } = markedRegions(annotation.result, tag.name, { width, height, itemIndex: index })
    const page = {
      id: isPaged ? id * PAGES_PER_TASK + ordinal : id,
      task: id,
      object: tag.name,
      page: index ?? 0,
      file: `${isPaged ? `${id}-${ordinal + 1}` : id}${extension}`,
      width,
      height,
      regions,
    }
    loaded.push({ page, picture })
  }
  return loaded
}
