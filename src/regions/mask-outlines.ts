import { approximatePolygon } from '../geometry/approximate-polygon.ts'
import { findContours } from '../geometry/contours.ts'
import type { Point } from '../geometry/point.ts'
import { signedArea } from '../geometry/polygon.ts'
import type { Mask } from './brush-value.ts'

/**
 * The outlines of a mask's parts, the largest first, in pixels of the page. Holes are filled: Label Studio's polygons
 * have none.
 *
 * @param tolerance how far in pixels an outline may leave the edges of the mask, so that it has fewer points: masks are
 * often made of larger pixels than the page. @default 1 pixel, of large masks 1/100 of their diagonal
 */
export function maskOutlines(
  mask: Mask,
  { tolerance = usualTolerance(mask) }: { readonly tolerance?: number } = {},
): readonly (readonly Point[])[] {
  return findContours(doubled(mask), mask.width * 2, mask.height * 2)
    .filter(({ isHole }) => !isHole)
    .map(({ points }) => points.map(([x, y]): Point => [mask.left + corner(x), mask.top + corner(y)]))
    .map(withoutRepeats)
    .map((exact) => ({ exact, area: Math.abs(signedArea(exact)) }))
    .toSorted((a, b) => b.area - a.area)
    .map(({ exact }) => {
      const outline = approximatePolygon(exact, tolerance)
      // Of a part that is smaller than the tolerance, next to nothing is left.
      return outline.length < 3 ? exact : outline
    })
}

function usualTolerance({ width, height }: Mask): number {
  return Math.max(1, Math.hypot(width, height) / 100)
}

/** Contours run through the middle of pixels. Quarters of pixels tell at which corner of its pixel each point lies. */
function doubled({ data, width, height }: Mask): Uint8Array {
  const quarters = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const row = y * 4 * width
    for (let x = 0; x < width; x++) {
      const value = data[y * width + x] as number
      quarters[row + 2 * x] = value
      quarters[row + 2 * x + 1] = value
    }
    quarters.copyWithin(row + 2 * width, row, row + 2 * width)
  }
  return quarters
}

/** Where an outline turns into itself, two quarters lie at one corner. */
function withoutRepeats(points: readonly Point[]): readonly Point[] {
  return points.filter(([x, y], index) => {
    const [beforeX, beforeY] = points.at(index - 1) as Point
    return x !== beforeX || y !== beforeY
  })
}

function corner(quarter: number): number {
  return Math.ceil(quarter / 2)
}
