import type { Point } from '../geometry/point.ts'
import type { CocoObject, CocoPage } from './coco-page.ts'
import { type CocoSegmentation, hundredths } from './coco-shape.ts'

export interface CocoImage {
  readonly id: number
  readonly file_name: string
  readonly width: number
  readonly height: number
  /** Number of the task in Label Studio. */
  readonly task: number
}

export interface CocoCategory {
  readonly id: number
  readonly name: string
  readonly supercategory: string
  /** Names of the points, in the order in which annotations have them; of categories with points only. */
  readonly keypoints?: readonly string[]
  readonly skeleton?: readonly []
}

export interface CocoAnnotation {
  readonly id: number
  readonly image_id: number
  readonly category_id: number
  /** In pixels. */
  readonly bbox: readonly [left: number, top: number, width: number, height: number]
  readonly area: number
  /** Empty for an upright rectangle: the outline of the thing in it is not known. */
  readonly segmentation: CocoSegmentation
  readonly iscrowd: 0
  /** x, y and 2 (visible), or 0, 0, 0 (not marked), of each of the category's points. */
  readonly keypoints?: readonly number[]
  readonly num_keypoints?: number
  /** Id of the region in Label Studio. */
  readonly region: string
  readonly text?: string
}

export interface CocoDataset {
  readonly info: { readonly description: string; readonly version: string }
  readonly licenses: readonly []
  readonly images: readonly CocoImage[]
  readonly annotations: readonly CocoAnnotation[]
  readonly categories: readonly CocoCategory[]
}

export interface CategoryOptions {
  /** Labels of shapes in the order of the labeling config: category 1 is the first. Others follow by their names. */
  readonly labels: readonly string[]
  /** Labels of points in the order of the labeling config. */
  readonly pointLabels?: readonly string[] | undefined
}

/** The categories of all these pages. One whose objects have points has the names of all points. */
export function toCategories(
  pages: readonly CocoPage[],
  { labels, pointLabels = [] }: CategoryOptions,
): readonly CocoCategory[] {
  const objects = pages.flatMap((page) => page.objects)
  const names = listed(
    labels,
    objects.map(({ label }) => label),
  )
  const poses = objects.filter(({ isPoint, points }) => !isPoint && points.length > 0)
  const poseLabels = new Set(poses.map(({ label }) => label))
  const posePoints = listed(
    pointLabels,
    poses.flatMap(({ points }) => points.map(([label]) => label)),
  )
  const singles = new Set(objects.filter(({ isPoint }) => isPoint).map(({ label }) => label))
  for (const { isPoint, label } of objects) if (!isPoint) singles.delete(label)
  return names.map((name, index) =>
    toCategory(index + 1, name, poseLabels.has(name) ? posePoints : singles.has(name) ? [name] : undefined),
  )
}

/**
 * Pages as COCO's `instances` and `person_keypoints` files have them (cocodataset.org/#format-data). Masks are
 * uncompressed RLE with `iscrowd: 0`, as pycocotools, MMDetection and Detectron2 read them.
 *
 * @param pages see `toCocoPage`
 * @param categories see `toCategories`: of all parts of a dataset, so that a number means the same in each
 */
export function toCoco(pages: readonly CocoPage[], categories: readonly CocoCategory[]): CocoDataset {
  const byName = new Map(categories.map((category) => [category.name, category]))
  return {
    info: { description: 'Exported from Label Studio by lsml', version: '1.0' },
    licenses: [],
    images: pages.map(({ page }) => ({
      id: page.id,
      file_name: page.file,
      width: page.width,
      height: page.height,
      task: page.task,
    })),
    annotations: pages
      .flatMap(({ page, objects }) => objects.map((object) => ({ image: page.id, object })))
      // From 1 on: pycocotools takes an annotation 0 for none.
      .map(({ image, object }, index) =>
        toAnnotation(index + 1, image, object, byName.get(object.label) as CocoCategory),
      ),
    categories,
  }
}

function toAnnotation(
  id: number,
  image: number,
  { shape, region, text, points }: CocoObject,
  { id: category, keypoints: names }: CocoCategory,
): CocoAnnotation {
  const annotation = {
    id,
    image_id: image,
    category_id: category,
    bbox: shape.bbox,
    area: shape.area,
    segmentation: shape.segmentation,
    iscrowd: 0,
    region,
    ...(text !== undefined && { text }),
  } as const
  // Every annotation of a category with points has them, also when none was marked.
  return names === undefined ? annotation : { ...annotation, ...keypoints(names, new Map(points)) }
}

function keypoints(names: readonly string[], found: ReadonlyMap<string, Point>) {
  const triples = names.map((name) => {
    const point = found.get(name)
    return point === undefined ? [0, 0, 0] : [...point.map(hundredths), 2]
  })
  return { keypoints: triples.flat(), num_keypoints: found.size }
}

function toCategory(id: number, name: string, keypoints: readonly string[] | undefined): CocoCategory {
  const category = { id, name, supercategory: '' }
  return keypoints === undefined ? category : { ...category, keypoints, skeleton: [] }
}

/** Those that are known in their order, then the others by their names. */
function listed(known: readonly string[], found: readonly string[]): readonly string[] {
  return [...new Set([...known, ...found.toSorted()])]
}
