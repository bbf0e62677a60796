import type { Relation, Region } from '../protocol/result.ts'
import { maskOutlines } from '../regions/mask-outlines.ts'
import type { MarkedRegion, MarkedShape } from '../regions/marked-regions.ts'
import { hundredths } from './coco-shape.ts'
import type { LabeledTask } from './labeled-task.ts'
import type { MarkedPage } from './marked-page.ts'

/** A page of a task, of one object tag. */
export interface ObjectPage extends MarkedPage {
  readonly object: string
  /** 0-based. */
  readonly page: number
}

/**
 * A task with its annotation on one line of JSON: places in pixels, items of one region joined, labels lifted out of
 * their controls. Masks are their outlines.
 *
 * - `pages`: pictures, each with its `regions`
 * - `regions`: what lies in a text, a sound, a video or a table, with the units of Label Studio
 * - `answers`: what was said of the whole task, by the control's name
 * - `relations`: from region to region
 */
export function toJsonLine({ task, annotation }: LabeledTask, pages: readonly ObjectPage[]): string {
  const onPages = new Set(pages.flatMap(({ regions }) => regions.map(({ id }) => id)))
  const others = annotation.result.filter(isRegion).filter(({ id }) => !onPages.has(id))
  return `${JSON.stringify({
    task: task.id,
    data: task.data,
    annotation: {
      id: annotation.id,
      updated_at: annotation.updatedAt,
      ...(annotation.isGroundTruth && { ground_truth: true }),
    },
    pages: pages.map(({ object, page, file, width, height, regions }) => ({
      object,
      page,
      file,
      width,
      height,
      regions: regions.map(toPlain),
    })),
    regions: joinItems(others.filter((item) => !isAnswer(item))),
    answers: Object.fromEntries(
      others.filter(isAnswer).map(({ from_name: name, value }) => [name, Object.values(value)[0]]),
    ),
    relations: annotation.result
      .filter(isRelation)
      .map(({ from_id: from, to_id: to, direction, labels }) => ({
        from,
        to,
        direction,
        labels,
      })),
  })}\n`
}

function toPlain({ id, shape, labels, text, parent, score, answers }: MarkedRegion) {
  return { id, labels, ...placeOf(shape), text, parent, score, answers }
}

function placeOf(shape: MarkedShape) {
  if (shape.kind === 'point') return { point: shape.point.map(hundredths) }
  if (shape.kind === 'polygon') return { polygon: shape.points.map((point) => point.map(hundredths)) }
  if (shape.kind === 'mask') return { outlines: maskOutlines(shape.mask) }
  const { left, top, right, bottom } = shape.box
  return { box: [left, top, right, bottom].map(hundredths) }
}

/** Label Studio's own rule: what has one key and no more is an answer about the whole task. */
function isAnswer({ value }: Region): boolean {
  const keys = Object.keys(value)
  return keys.length === 1 && !keys.some((key) => ['points', 'sequence', 'ranges'].includes(key))
}

function joinItems(items: readonly Region[]) {
  const regions = new Map<string, Record<string, unknown>>()
  for (const { id, to_name: object, type, from_name: name, value } of items) {
    const region = regions.get(id) ?? { id, object, labels: [] }
    regions.set(id, region)
    const { [type]: own, ...place } = value
    Object.assign(region, place)
    if (type.endsWith('labels')) region.labels = own
    else if (own !== undefined) region.answers = { ...(region.answers as object | undefined), [name]: own }
  }
  return [...regions.values()]
}

function isRegion(item: LabeledTask['annotation']['result'][number]): item is Region {
  return 'value' in item && typeof item.value === 'object' && item.value !== null
}

function isRelation(item: LabeledTask['annotation']['result'][number]): item is Relation {
  return item.type === 'relation' && 'from_id' in item
}
