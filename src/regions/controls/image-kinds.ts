import { LsmlError } from '../../errors.ts'
import type { Box } from '../../geometry/box.ts'
import type { Point } from '../../geometry/point.ts'
import type { Region } from '../../protocol/result.ts'
import { bitmaskValue, readBitmask } from '../bitmask-value.ts'
import { brushValue, type Mask } from '../brush-value.ts'
import { pageRoot } from '../build.ts'
import { decodeRle } from '../decode-rle.ts'
import type { Page } from '../percent.ts'
import { readBox, readEllipse, readKeypoint, readPoints, readVertices } from '../read-shapes.ts'
import type { RotatedBox } from '../rotated-box.ts'
import {
  type Ellipse,
  ellipseValue,
  type Keypoint,
  keypointValue,
  polygonValue,
  rectangleValue,
} from '../shape-values.ts'
import { vectorValue, type Vertex } from '../vector-value.ts'
import { type Kind, shapeKind, type ShapeKind } from './kind.ts'
import { toRotated } from './to-rotated.ts'

export const rectangles = onPage({
  draw: 'rectangle',
  toValue: ({ box }: { readonly box: RotatedBox | Box }, page) => rectangleValue(toRotated(box), page),
  toShape: (value, page) => wrap('box', readBox(value, page)),
})

export const ellipses = onPage({
  draw: 'ellipse',
  toValue: (shape: Ellipse, page) => ellipseValue(shape, page),
  toShape: readEllipse,
})

export const polygons = onPage({
  draw: 'polygon',
  toValue: ({ points }: { readonly points: readonly Point[] }, page, { control }) => {
    if (points.length < 3)
      throw new LsmlError(
        'INVALID_BACKEND',
        `A polygon of \`${control.name}\` needs three points or more; it has ${points.length}.`,
      )
    return polygonValue(points, page)
  },
  toShape: (value, page) => wrap('points', readPoints(value, page)),
})

export const keypoints = onPage({
  draw: 'keypoint',
  toValue: (shape: Keypoint, page) => keypointValue(shape, page),
  toShape: readKeypoint,
})

export const brushes = onPage({
  draw: 'brush',
  toValue: ({ mask }: { readonly mask: Mask }, page) => brushValue(mask, page),
  toShape: ({ rle }, page) => wrap('mask', Array.isArray(rle) ? decodeRle(rle as number[], page) : undefined),
})

export const bitmasks = onPage({
  draw: 'bitmask',
  toValue: ({ mask }: { readonly mask: Mask }, page) => bitmaskValue(mask, page),
  toShape: (value, page) => wrap('mask', readBitmask(value, page)),
})

interface Path {
  readonly vertices: readonly Vertex[]
  readonly closed?: boolean | undefined
}

export const paths = onPage({
  draw: 'path',
  toValue: ({ vertices, closed = false }: Path, page) => vectorValue(vertices, closed, page),
  toShape: (value, page) => {
    const vertices = readVertices(value, page)
    return vertices && { vertices, closed: value.closed === true }
  },
})

function onPage<Shape, Read>(kind: Pick<ShapeKind<Page, Shape, Read>, 'draw' | 'toValue' | 'toShape'>): Kind {
  return shapeKind({ ...kind, objects: ['Image'], rootOf: pageRoot, placeOf: pageOf })
}

function pageOf({ id, original_width: width, original_height: height, item_index: itemIndex }: Region): Page {
  if (typeof width !== 'number' || typeof height !== 'number' || !(width > 0) || !(height > 0))
    throw new LsmlError(
      'INVALID_REQUEST',
      `The region \`${id}\` lacks \`original_width\` and \`original_height\`, without which its percents cannot become pixels. Read it with the size of its image: \`on(image).read(result)\`.`,
    )
  return { width, height, itemIndex }
}

function wrap<Key extends string, Shape>(key: Key, shape: Shape | undefined): Record<Key, Shape> | undefined {
  return shape === undefined ? undefined : ({ [key]: shape } as Record<Key, Shape>)
}
