import {
  type Image,
  type Prediction,
  type PromptRegion,
  type Region,
  regionPolygon,
  type TaskValue,
} from '../../src/index.ts'
import { type Detection, detectInside, type ObjectDetector } from '../../src/vision/index.ts'
import type { Finder } from './finders.ts'
import { lookAt } from './learn/looks.ts'
import { type Shown, shownAt, toRegions } from './to-regions.ts'

/**
 * What lies inside the region that a person drew last, or under the point: objects of the label that was drawn with, else
 * whatever is there. The drawn region was a question, and goes when the answer is accepted.
 *
 * @param pagesOf the values of an image tag
 */
export async function findDrawn(
  drawn: readonly PromptRegion[],
  finders: readonly Finder[],
  pagesOf: (finder: Finder) => readonly TaskValue[],
  open: (value: unknown) => Promise<Image>,
): Promise<Prediction> {
  const region = drawn.findLast(isQuestion)
  if (region === undefined) return { result: [] }
  const result: Region[] = []
  for (const finder of finders) {
    const { model, object } = finder
    if ('classify' in model || region.to_name !== object.name) continue
    const value = pagesOf(finder)[region.item_index ?? 0]
    if (value === undefined) continue
    const image = await open(value.value)
    const page = { width: image.width, height: image.height, itemIndex: value.index }
    const detections = await detectDrawn(model, image, region)
    const looks = await lookAt(finder, image, detections)
    for (const place of placesFor(region, finder, finders)) {
      const shown = shownAt(place, detections, model.classes, looks)
      for (const each of preferLabel(shown, region)) result.push(...toRegions(place, page, each))
    }
  }
  return { result }
}

/** The editor sends all regions of the label that was drawn with. Those with a score are answers of before. */
function isQuestion({ score, is_positive: isPositive }: PromptRegion): boolean {
  return typeof score !== 'number' && isPositive !== false
}

/** The tag that was drawn with, if it shows detections; else, as with a tag that is only for prompts, all tags. */
function placesFor({ from_name: name }: PromptRegion, { places }: Finder, finders: readonly Finder[]) {
  const regions = places.filter(({ kind }) => kind !== 'choices')
  const isPlace = finders.some((finder) => finder.places.some(({ found }) => found.control.name === name))
  return isPlace ? regions.filter(({ found }) => found.control.name === name) : regions
}

async function detectDrawn(
  detector: ObjectDetector,
  image: Image,
  region: PromptRegion,
): Promise<readonly Detection[]> {
  const outline = regionPolygon(region, image)
  if (outline !== undefined) {
    const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
    const box = {
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    }
    return detectInside(detector, image, box)
  }
  const { x, y } = region.value ?? {}
  if (typeof x !== 'number' || typeof y !== 'number') return []
  const [px, py] = [(x / 100) * image.width, (y / 100) * image.height]
  const [found = []] = await detector.detect([image])
  const under = found.filter(
    ({ box }) => px >= box.left && px < box.right && py >= box.top && py < box.bottom,
  )
  return under.slice(0, 1)
}

function preferLabel(shown: readonly Shown[], { type = '', value = {} }: PromptRegion): readonly Shown[] {
  const labels = value[type.toLowerCase()] ?? value.labels
  const wanted = Array.isArray(labels) ? shown.filter(({ label }) => labels.includes(label)) : []
  return wanted.length > 0 ? wanted : shown
}
