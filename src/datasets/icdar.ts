import { minAreaRect } from '../geometry/min-area-rect.ts'
import type { Point } from '../geometry/point.ts'
import { signedArea } from '../geometry/polygon.ts'
import type { MarkedShape } from '../regions/marked-regions.ts'
import { shapeOutlines } from '../regions/shape-outlines.ts'
import type { MarkedPage } from './marked-page.ts'

/** What ICDAR writes for text that nobody can, or has to, read: it counts neither for nor against. */
const ILLEGIBLE = '###'

/**
 * A page as ICDAR 2015's `gt_*.txt` has it (rrc.cvc.uab.es, challenge 4): a line for each text with the four corners in
 * whole pixels, clockwise from where it begins, and the text, in which commas stand as they are. A region that nobody has
 * read is `###`; one of another shape than four corners becomes the rectangle of least area around it. Points are left
 * out. Without a byte order mark.
 */
export function toIcdar({ regions }: Pick<MarkedPage, 'regions'>): string {
  return regions
    .flatMap(({ shape, text = '' }) => {
      const corners = cornersOf(shape)
      if (corners === undefined) return []
      const line = text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim()
      return `${corners.flat().map(Math.round).join(',')},${line === '' ? ILLEGIBLE : line}\n`
    })
    .join('')
}

function cornersOf(shape: MarkedShape): readonly Point[] | undefined {
  if (shape.kind === 'point') return undefined
  const points: readonly Point[] = shapeOutlines(shape).flat()
  if (points.length === 0) return undefined
  if (points.length !== 4) return minAreaRect(points).quad
  const [first, ...others] = points as readonly [Point, ...Point[]]
  return signedArea(points) < 0 ? [first, ...others.toReversed()] : points
}
