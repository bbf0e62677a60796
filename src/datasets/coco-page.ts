import type { Point } from '../geometry/point.ts'
import type { MarkedRegion } from '../regions/marked-regions.ts'
import { type CocoShape, cocoShape } from './coco-shape.ts'
import type { MarkedPage } from './marked-page.ts'

/** A page as COCO tells it, while the numbers of its categories are not known yet. Holds no pixels. */
export interface CocoPage {
  readonly page: Omit<MarkedPage, 'regions'>
  readonly objects: readonly CocoObject[]
}

export interface CocoObject {
  readonly shape: CocoShape
  /** Of the region in Label Studio. */
  readonly region: string
  readonly label: string
  /** It is nothing but a point. */
  readonly isPoint: boolean
  /** Of the object, by label; itself, for one that is a point. */
  readonly points: readonly (readonly [label: string, Point])[]
  readonly text: string | undefined
}

/** For shapes without labels. */
const NO_LABEL = 'object'

/**
 * A region with two labels is two objects. Points belong to the region that is their parent; one without a parent is an
 * object of its own.
 */
export function toCocoPage({ regions, ...page }: MarkedPage): CocoPage {
  const shapes = new Map(regions.filter(({ shape }) => shape.kind !== 'point').map((each) => [each.id, each]))
  const isPart = ({ shape, parent }: MarkedRegion) =>
    shape.kind === 'point' && parent !== undefined && shapes.has(parent)
  const parts = regions.filter(isPart)
  return {
    page,
    objects: regions
      .filter((region) => !isPart(region))
      .flatMap((region) => {
        const isPoint = region.shape.kind === 'point'
        const points = (isPoint ? [region] : parts.filter(({ parent }) => parent === region.id)).flatMap(
          pointsOf,
        )
        const shape = cocoShape(region.shape, page)
        return labelsOf(region).map((label) => ({
          shape,
          region: region.id,
          label,
          isPoint,
          points: isPoint ? points.filter(([own]) => own === label) : points,
          text: region.text,
        }))
      }),
  }
}

function pointsOf(region: MarkedRegion): (readonly [string, Point])[] {
  const { shape } = region
  return shape.kind === 'point' ? labelsOf(region).map((label) => [label, shape.point] as const) : []
}

function labelsOf({ labels }: MarkedRegion): readonly string[] {
  return labels.length === 0 ? [NO_LABEL] : labels
}
