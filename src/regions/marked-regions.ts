import type { Box } from '../geometry/box.ts'
import type { Point } from '../geometry/point.ts'
import type { Region, ResultItem } from '../protocol/result.ts'
import { readBitmask } from './bitmask-value.ts'
import type { Mask } from './brush-value.ts'
import { decodeRle } from './decode-rle.ts'
import type { Page } from './percent.ts'
import { readBox, readKeypoint, readVertices } from './read-shapes.ts'
import { regionPolygon } from './region-polygon.ts'

/** Where something is, in pixels of its page as it is shown. */
export type MarkedShape =
  | { readonly kind: 'box'; readonly box: Box }
  /** A polygon, a turned rectangle (clockwise from its own top left corner), or the ring of an ellipse. */
  | { readonly kind: 'polygon'; readonly points: readonly Point[] }
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'mask'; readonly mask: Mask }

/** One region of a page, its items joined. */
export interface MarkedRegion<Shape = MarkedShape> {
  /** As Label Studio names it: unique within its annotation. */
  readonly id: string
  readonly shape: Shape
  /** Empty for a shape without labels. */
  readonly labels: readonly string[]
  /** What is written there; undefined when nobody has said it. */
  readonly text?: string | undefined
  /** Id of the region that this one is a part of, such as the box around a pose's points. */
  readonly parent?: string | undefined
  /** From 0 to 1, of a prediction. */
  readonly score?: number | undefined
  /** What else was answered about it, such as a choice, by the control's name. */
  readonly answers?: Readonly<Record<string, unknown>> | undefined
}

export interface MarkedObject<Shape = MarkedShape> {
  readonly regions: readonly MarkedRegion<Shape>[]
  /** Items that have no place on the page, such as a choice for the whole task, or a span of text. */
  readonly others: readonly Region[]
}

/**
 * What a result says of one page of one object tag: its regions in their order, the items of each joined.
 *
 * @throws LsmlError INVALID_REQUEST for a mask that cannot be read
 */
export function markedRegions(result: readonly ResultItem[], object: string, page: Page): MarkedObject {
  return joinItems(result, object, page.itemIndex, (item) => markedShape(item, page))
}

type Growing<Shape> = { -readonly [Key in keyof MarkedRegion<Shape>]: MarkedRegion<Shape>[Key] }

/**
 * The same with shapes of one's own.
 *
 * @param shapeOf is asked once a region; undefined for an item without a place
 */
export function joinItems<Shape>(
  result: readonly ResultItem[],
  object: string,
  itemIndex: number | undefined,
  shapeOf: (item: Region) => Shape | undefined,
): MarkedObject<Shape> {
  const regions = new Map<string, Growing<Shape>>()
  const others: Region[] = []
  for (const item of result) {
    if (!isRegion(item) || item.to_name !== object || (item.item_index ?? 0) !== (itemIndex ?? 0)) continue
    const known = regions.get(item.id)
    const shape = known === undefined ? shapeOf(item) : known.shape
    if (shape === undefined) {
      others.push(item)
      continue
    }
    const region = known ?? { id: item.id, shape, labels: [] }
    regions.set(item.id, region)
    grow(region, item)
  }
  return { regions: [...regions.values()], others }
}

/**
 * @returns undefined for an item without a place on a page
 * @throws LsmlError INVALID_REQUEST for a mask that cannot be read
 */
export function markedShape({ value }: Pick<Region, 'value'>, page: Page): MarkedShape | undefined {
  const mask = Array.isArray(value.rle) ? decodeRle(value.rle as number[], page) : readBitmask(value, page)
  if (mask !== undefined) return { kind: 'mask', mask }
  const box = readBox(value, page)
  if (box !== undefined && box.rotation === 0) {
    const { x: left, y: top, width, height } = box
    return { kind: 'box', box: { left, top, right: left + width, bottom: top + height } }
  }
  const path = readVertices(value, page)?.map(({ x, y }): Point => [x, y]) ?? []
  // Of a path, what it would enclose; of a line of two points, nothing.
  const points = path.length >= 3 ? path : regionPolygon({ value }, page)
  if (points !== undefined) return { kind: 'polygon', points }
  const point = readKeypoint(value, page)
  return point === undefined ? undefined : { kind: 'point', point: [point.x, point.y] }
}

function grow(region: Growing<unknown>, { type, from_name: name, value, score, parentID }: Region): void {
  region.score = score ?? region.score
  region.parent ??= parentID
  if (type.endsWith('labels')) region.labels = [...new Set([...region.labels, ...strings(value[type])])]
  else if (type === 'textarea') region.text ??= joined(strings(value.text))
  else if (value[type] !== undefined && !SHAPES.has(type))
    region.answers = { ...region.answers, [name]: value[type] }
}

const SHAPES: ReadonlySet<string> = new Set([
  'rectangle',
  'polygon',
  'ellipse',
  'keypoint',
  'brush',
  'bitmask',
  'vector',
  'magicwand',
])

function joined(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.join(' ')
}

function isRegion(item: ResultItem): item is Region {
  return 'value' in item && typeof item.value === 'object' && item.value !== null
}

function strings(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each) => typeof each === 'string')
}
