import { describe, expect, test } from 'bun:test'
import type { RotatedBox } from '../../src/regions/rotated-box.ts'
import { imageControl } from '../_helpers/labeling.ts'

const page = { width: 200, height: 400 }
const rectangleLabels = imageControl('RectangleLabels', ['Car'])
const labels = rectangleLabels.on(page)
const plain = imageControl('Rectangle').on(page)
const unit = { x: 0, y: 0, width: 1, height: 1 }

function dot(options: { score?: number; parent?: string } = {}) {
  return labels.rectangle({ box: unit, label: 'Car', ...options })
}

describe('an image region', () => {
  test('has the names and the type of its control, the size of its page, and its label under the control’s own key', () => {
    const box = { x: 20, y: 40, width: 100, height: 50 }
    expect(labels.rectangle({ box, label: 'Car', score: 0.9, id: 'r1' })).toEqual({
      id: 'r1',
      from_name: 'c',
      to_name: 'image',
      type: 'rectanglelabels',
      value: { x: 10, y: 10, width: 50, height: 12.5, rotation: 0, rectanglelabels: ['Car'] },
      score: 0.9,
      original_width: 200,
      original_height: 400,
      image_rotation: 0,
    })
  })

  test('of a control without labels has no labels', () => {
    const { type, value } = plain.rectangle({ box: { x: 0, y: 0, width: 2, height: 4 } })
    expect(type).toBe('rectangle')
    expect(value).toEqual({ x: 0, y: 0, width: 1, height: 1, rotation: 0 })
  })

  test('of a control with labels has a list, for several labels and for none', () => {
    const box = { x: 0, y: 0, width: 2, height: 4 }
    const several = imageControl('RectangleLabels', ['Car', 'Bus']).on(page)
    const { value } = several.rectangle({ box, label: ['Car', 'Bus'] })
    expect(value).toHaveProperty('rectanglelabels', ['Car', 'Bus'])
    const none = imageControl('RectangleLabels').on(page)
    expect(none.rectangle({ box, label: [] }).value).toHaveProperty('rectanglelabels', [])
  })

  test('gets an id of its own that the editor can read, and a score only when there is one', () => {
    const ids = Array.from({ length: 100 }, () => dot().id)
    expect(new Set(ids).size).toBe(100)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]+$/)
    expect(dot()).not.toHaveProperty('score')
    expect(dot({ score: 0 })).toHaveProperty('score', 0)
  })

  test('names the region that it is a part of, when there is one', () => {
    expect(dot({ parent: 'body' })).toHaveProperty('parentID', 'body')
    expect(dot()).not.toHaveProperty('parentID')
  })

  test('names its page in a list of images, the first one too, and none outside of a list', () => {
    expect(dotOn(0)).toHaveProperty('item_index', 0)
    expect(dotOn(3)).toHaveProperty('item_index', 3)
    expect(dotOn()).not.toHaveProperty('item_index')
  })
})

describe('a rectangle', () => {
  test('that is upright is cut at the page’s edge', () => {
    expect(value({ x: -20, y: -40, width: 120, height: 80 })).toEqual({
      x: 0,
      y: 0,
      width: 50,
      height: 10,
      rotation: 0,
    })
    expect(value({ x: 150, y: 300, width: 100, height: 200 })).toEqual({
      x: 75,
      y: 75,
      width: 25,
      height: 25,
      rotation: 0,
    })
  })

  test('that is turned is told from its own first corner, in percent of the width and height of the upright page', () => {
    expect(value({ x: 100, y: 100, width: 80, height: 40, rotation: 90 })).toEqual({
      x: 50,
      y: 25,
      width: 40,
      height: 10,
      rotation: 90,
    })
  })

  test('that would be wider than 100 percent is told from the next corner, and stays the same place', () => {
    // 300 pixels of text from top to bottom on a page 200 wide: 150 % if told from the corner where the text begins.
    expect(value({ x: 120, y: 50, width: 300, height: 40, rotation: 90 })).toEqual({
      x: 60,
      y: 87.5,
      width: 20,
      height: 75,
      rotation: 180,
    })
  })

  test('whose first corner lies beyond the page is told from one on it', () => {
    const { x, y, rotation } = value({ x: 210, y: 20, width: 100, height: 20, rotation: 120 }) as Record<
      string,
      number
    >
    expect([x, y].every((place) => Number(place) <= 100)).toBe(true)
    expect(rotation).toBe(210)
  })

  test.each([
    [0, 0],
    [360, 0],
    [-90, 270],
    [450, 90],
    [359.999_999_9, 0],
    [1e-9, 0],
    [12.345_678_9, 12.345_68],
  ])('turned by %p degrees has the rotation %p', (rotation, sent) => {
    expect(value({ x: 60, y: 60, width: 20, height: 10, rotation })).toHaveProperty('rotation', sent)
  })

  test('has no number with the noise of floats, and no minus zero', () => {
    const third = value({ x: 200 / 3, y: -1e-9, width: 0.1 + 0.2, height: 1 })
    expect(JSON.stringify(third)).toBe('{"x":33.33333,"y":0,"width":0.15,"height":0.25,"rotation":0}')
    expect(Object.is((third as { y: number }).y, 0)).toBe(true)
  })
})

describe('other shapes', () => {
  test('a polygon has pairs of percents, cut at the page’s edge', () => {
    const points = [
      [-10, 40],
      [220, 40],
      [100, 500],
    ] as const
    expect(imageControl('PolygonLabels', ['Car']).on(page).polygon({ points, label: 'Car' }).value).toEqual({
      points: [
        [0, 10],
        [100, 10],
        [50, 100],
      ],
      closed: true,
      polygonlabels: ['Car'],
    })
  })

  test('an ellipse has its centre, and radii of at most half the page', () => {
    const shape = { x: 100, y: 100, radiusX: 40, radiusY: 300, rotation: -45 }
    expect(
      imageControl('EllipseLabels', ['Car'])
        .on(page)
        .ellipse({ ...shape, label: 'Car' }).value,
    ).toEqual({
      x: 50,
      y: 25,
      radiusX: 20,
      radiusY: 50,
      rotation: 315,
      ellipselabels: ['Car'],
    })
  })

  test('a keypoint has no height, by which the editor tells it from a rectangle', () => {
    const found = imageControl('KeyPointLabels', ['Nose']).on(page)
    expect(found.keypoint({ x: 100, y: 100, label: 'Nose' }).value).toEqual({
      x: 50,
      y: 25,
      width: 0.3,
      keypointlabels: ['Nose'],
    })
    expect(found.keypoint({ x: 0, y: 0, radius: 4, label: 'Nose' }).value).toHaveProperty('width', 2)
  })
})

function dotOn(itemIndex?: number) {
  return rectangleLabels.on({ ...page, itemIndex }).rectangle({ box: unit, label: 'Car' })
}

function value(box: RotatedBox) {
  return plain.rectangle({ box }).value
}
