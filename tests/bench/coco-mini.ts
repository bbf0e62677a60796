import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrueObject } from '../../src/vision/detection/coco-map.ts'
import { sharedPath } from '../_helpers/shared.ts'

export interface CocoImage {
  readonly file: string
  readonly bytes: Uint8Array
  readonly truth: readonly TrueObject[]
}

interface Instances {
  readonly images: readonly { readonly id: number; readonly file_name: string }[]
  readonly annotations: readonly {
    readonly image_id: number
    readonly category_id: number
    readonly bbox: readonly [left: number, top: number, width: number, height: number]
    readonly area: number
    readonly iscrowd: 0 | 1
  }[]
  readonly categories: readonly { readonly id: number }[]
}

/** 66 images of COCO val2017 with their objects, classes as the 80 are counted; undefined when they are absent. */
export function readCocoMini(): readonly CocoImage[] | undefined {
  const folder = sharedPath('datasets/coco-val2017-mini')
  if (folder === undefined) return undefined
  const { images, annotations, categories } = JSON.parse(
    readFileSync(join(folder, 'instances.json'), 'utf8'),
  ) as Instances
  const ids = categories.map(({ id }) => id).toSorted((a, b) => a - b)
  // In the order in which pycocotools takes them: it decides between equal scores.
  return images
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, file_name: name }) => ({
      file: join(folder, 'images', name),
      bytes: readFileSync(join(folder, 'images', name)),
      truth: annotations
        .filter(({ image_id: image }) => image === id)
        .map(({ bbox: [left, top, width, height], category_id: category, area, iscrowd }) => ({
          box: { left, top, right: left + width, bottom: top + height },
          classIndex: ids.indexOf(category),
          area,
          crowd: iscrowd === 1,
        })),
    }))
}
