import { type Box, boxArea, boxIou, intersectBoxes } from '../../geometry/box.ts'
import type { Detection } from './detection.ts'
import type { ImageSize } from './family.ts'
import { moveDetection } from './move-detection.ts'
import { uniteDetections } from './unite-detections.ts'

/** What was found on one tile. */
export interface TileDetections {
  /** Where the tile lies in the image; the whole image for what was found on all of it. */
  readonly tile: Box
  /** In pixels of the tile, the overlapping ones of it already suppressed. */
  readonly detections: readonly Detection[]
}

export interface MergeOptions {
  /** Overlap over which detections of two tiles show one object, from 0 to 1. @default 0.5, as in SAHI */
  readonly overlap?: number | undefined
  /** Whether classes make no difference. @default false */
  readonly classAgnostic?: boolean | undefined
}

/** A detection in pixels of the image, with the tile that it was found on. */
interface Found {
  readonly tile: Box
  readonly detection: Detection
}

/** So near to a border of its tile that does not bound the image, a box is taken for cut: in parts of the tile's side. */
const BORDER = 0.02

/**
 * One list from those of overlapping tiles. Of boxes that their tiles show whole the better one stays, by intersection
 * over union. A box that a border of its tile cuts is dropped when it lies in a whole one, by its own part inside: SAHI
 * (Akyon et al., ICIP 2022, https://arxiv.org/abs/2202.06934) takes intersection over the smaller, by which a whole child
 * would cost the adult behind it. Cut boxes of an object that no tile shows whole are joined where they agree on what
 * both tiles see. Detections of one tile do not affect each other.
 *
 * @returns in pixels of the image, the best first
 */
export function mergeTiles(
  tiles: readonly TileDetections[],
  image: ImageSize,
  options: MergeOptions = {},
): Detection[] {
  const { overlap = 0.5, classAgnostic = false } = options
  const found = tiles
    .flatMap(({ tile, detections }) =>
      detections.map((detection) => ({ tile, detection: moveDetection(detection, tile.left, tile.top) })),
    )
    .toSorted((a, b) => b.detection.score - a.detection.score)
  const canBeOne = (a: Found, b: Found) =>
    a.tile !== b.tile && (classAgnostic || a.detection.classIndex === b.detection.classIndex)
  const cut = new Set(found.filter((one) => isCut(one, image)))
  const whole: Found[] = []
  for (const one of found)
    if (
      !cut.has(one) &&
      !whole.some((kept) => canBeOne(kept, one) && boxIou(boxOf(kept), boxOf(one)) > overlap)
    )
      whole.push(one)
  const parts = [...cut].filter(
    (part) => !whole.some((kept) => canBeOne(kept, part) && shareInside(part, kept) > overlap),
  )
  const joined = groupLinked(parts, (a, b) => canBeOne(a, b) && iouWhereBothSee(a, b) > overlap).map(
    (group) => group.map(({ detection }) => detection).reduce((one, next) => uniteDetections(one, next)),
  )
  return [...whole.map(({ detection }) => detection), ...joined].toSorted((a, b) => b.score - a.score)
}

function boxOf({ detection }: Found): Box {
  return detection.box
}

/** Groups within which each is linked to another one, in the order of their first members. */
function groupLinked(items: readonly Found[], areLinked: (a: Found, b: Found) => boolean): Found[][] {
  let groups: Found[][] = []
  for (const item of items) {
    const linked = groups.filter((group) => group.some((member) => areLinked(member, item)))
    groups = [...groups.filter((group) => !linked.includes(group)), [...linked.flat(), item]]
  }
  return groups
}

function isCut({ tile, detection: { box } }: Found, image: ImageSize): boolean {
  const [x, y] = [(tile.right - tile.left) * BORDER, (tile.bottom - tile.top) * BORDER]
  return (
    (tile.left > 0 && box.left - tile.left < x) ||
    (tile.top > 0 && box.top - tile.top < y) ||
    (tile.right < image.width && tile.right - box.right < x) ||
    (tile.bottom < image.height && tile.bottom - box.bottom < y)
  )
}

function shareInside(part: Found, whole: Found): number {
  const area = boxArea(boxOf(part))
  return area > 0 ? boxArea(intersectBoxes(boxOf(part), boxOf(whole))) / area : 0
}

/** Intersection over union of what lies in the part of the image that both tiles see. */
function iouWhereBothSee(a: Found, b: Found): number {
  const seen = intersectBoxes(a.tile, b.tile)
  return boxIou(intersectBoxes(a.detection.box, seen), intersectBoxes(b.detection.box, seen))
}
