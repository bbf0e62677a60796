import { describe, expect, test } from 'bun:test'
import { type CategoryOptions, toCategories, toCoco } from '../../src/datasets/coco.ts'
import { toCocoPage } from '../../src/datasets/coco-page.ts'
import type { MarkedRegion } from '../../src/regions/marked-regions.ts'
import { mask } from '../_helpers/mask.ts'

const page = { id: 7, task: 7, file: '7.jpg', width: 6, height: 4 }

function coco(regions: readonly MarkedRegion[], options: CategoryOptions = { labels: ['Car', 'Person'] }) {
  const pages = [toCocoPage({ ...page, regions })]
  return toCoco(pages, toCategories(pages, options))
}

const point = (id: string, label: string, parent?: string): MarkedRegion => ({
  id,
  shape: { kind: 'point', point: [Number(id), 2] },
  labels: [label],
  parent,
})

describe('a COCO file', () => {
  test('has the picture, and the labels of the config as categories from 1 on', () => {
    expect(coco([])).toEqual({
      info: expect.anything(),
      licenses: [],
      images: [{ id: 7, file_name: '7.jpg', width: 6, height: 4, task: 7 }],
      annotations: [],
      categories: [
        { id: 1, name: 'Car', supercategory: '' },
        { id: 2, name: 'Person', supercategory: '' },
      ],
    })
  })

  test('tells an upright rectangle by its box, and no outline that nobody has drawn', () => {
    const box = { left: 1, top: 0.5, right: 4.128, bottom: 2.5 }
    const { annotations } = coco([{ id: 'a', shape: { kind: 'box', box }, labels: ['Person'] }])
    expect(annotations).toEqual([
      {
        id: 1,
        image_id: 7,
        category_id: 2,
        bbox: [1, 0.5, 3.13, 2],
        area: 6.26,
        segmentation: [],
        iscrowd: 0,
        region: 'a',
      },
    ])
  })

  test('tells a polygon by its points, with its own area and the box around it', () => {
    const points = [
      [0, 0],
      [4, 0],
      [4, 3],
    ] as const
    const { annotations } = coco([
      { id: 'a', shape: { kind: 'polygon', points }, labels: ['Car'], text: 'AB 12' },
    ])
    expect(annotations[0]).toMatchObject({
      bbox: [0, 0, 4, 3],
      area: 6,
      segmentation: [[0, 0, 4, 0, 4, 3]],
      text: 'AB 12',
    })
  })

  test('counts the runs of a mask down its columns, from the outside', () => {
    const drawn = mask(`
      . # .
      # # .`)
    const { annotations } = coco([
      { id: 'a', shape: { kind: 'mask', mask: { left: 2, top: 1, ...drawn } }, labels: ['Car'] },
    ])
    expect(annotations[0]).toMatchObject({
      bbox: [2, 1, 2, 2],
      area: 3,
      // Columns of 4: two empty ones, `. . # .`, `. # # .`, two empty ones.
      segmentation: { size: [4, 6], counts: [10, 1, 2, 2, 9] },
    })
  })

  test('a mask from the first pixel on begins with no pixels outside; one of none has no box', () => {
    const full = { left: 0, top: 0, width: 6, height: 4, data: new Uint8Array(24).fill(1) }
    const none = { left: 0, top: 0, width: 1, height: 1, data: new Uint8Array(1) }
    const { annotations } = coco(
      [full, none].map((each, index) => ({
        id: String(index),
        shape: { kind: 'mask', mask: each },
        labels: ['Car'],
      })),
    )
    expect(annotations).toMatchObject([
      { segmentation: { counts: [0, 24] }, bbox: [0, 0, 6, 4], area: 24 },
      { segmentation: { counts: [24] }, bbox: [0, 0, 0, 0], area: 0 },
    ])
  })

  test('points belong to the region around them, in the order of the config', () => {
    const box = { left: 0, top: 0, right: 3, bottom: 4 }
    const { annotations, categories } = coco(
      [
        { id: 'p', shape: { kind: 'box', box }, labels: ['Person'] },
        point('2', 'Ear', 'p'),
        point('1', 'Nose', 'p'),
        { id: 'q', shape: { kind: 'box', box }, labels: ['Person'] },
        point('5', 'Nose'),
      ],
      { labels: ['Person'], pointLabels: ['Nose', 'Ear', 'Tail'] },
    )
    expect(categories).toEqual([
      { id: 1, name: 'Person', supercategory: '', keypoints: ['Nose', 'Ear', 'Tail'], skeleton: [] },
      { id: 2, name: 'Nose', supercategory: '', keypoints: ['Nose'], skeleton: [] },
    ])
    expect(annotations).toMatchObject([
      { region: 'p', category_id: 1, keypoints: [1, 2, 2, 2, 2, 2, 0, 0, 0], num_keypoints: 2 },
      { region: 'q', category_id: 1, keypoints: [0, 0, 0, 0, 0, 0, 0, 0, 0], num_keypoints: 0 },
      { region: '5', category_id: 2, keypoints: [5, 2, 2], num_keypoints: 1, bbox: [5, 2, 0, 0] },
    ])
  })

  test('two labels are two annotations, none is an `object`, and labels of no config follow by name', () => {
    const box = { left: 0, top: 0, right: 1, bottom: 1 }
    const { annotations, categories } = coco([
      { id: 'a', shape: { kind: 'box', box }, labels: ['Zebra', 'Car'] },
      { id: 'b', shape: { kind: 'box', box }, labels: [] },
    ])
    expect(categories.map(({ name }) => name)).toEqual(['Car', 'Person', 'Zebra', 'object'])
    expect(annotations.map(({ region, category_id }) => [region, category_id])).toEqual([
      ['a', 3],
      ['a', 1],
      ['b', 4],
    ])
  })
})
