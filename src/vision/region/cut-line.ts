import type { Point, Quad } from '../../geometry/point.ts'
import { grayOf } from '../../image/tensor.ts'
import type { Image } from '../../image/image.ts'
import { warp } from '../../image/warp.ts'
import { cropSize, quadSize, turnUpright } from '../line-crop.ts'

// In heights of the line.
/** A line that sticks out by less is read whole: the region was drawn a little too small. */
const STICKS_OUT = 0.6
/** A line whose middle runs along the outside of the region, no further away, is still meant. */
const BESIDE = 0.15
/** Less of a line inside, if it goes on outside, is a neighbour that the region touches. */
const LEAST = 0.5
/** A gap between words. */
const WORD_GAP = 0.18

/**
 * The part of a line that lies in a region. What sticks out a little belongs to it; a line that goes on is cut between
 * words near the edge of the region, or else between letters.
 *
 * @param quad in pixels of the image
 * @param outline of the region, in pixels of the image
 * @returns undefined when the line lies outside
 */
export function cutLine(image: Image, quad: Quad, outline: readonly Point[]): Quad | undefined {
  const along = turnUpright(quad)
  const { width, height } = quadSize(along)
  const [start, end] = insideShare(along, Math.ceil(width), outline)
  if ((end - start) * width < Math.min(LEAST * height, width / 2)) return undefined
  const tolerated = (STICKS_OUT * height) / width
  const cutsStart = start > tolerated
  const cutsEnd = 1 - end > tolerated
  if (!cutsStart && !cutsEnd) return quad
  const blank = blankColumns(image, along)
  return slice(
    along,
    cutsStart ? nearGap(blank, start, height) : 0,
    cutsEnd ? nearGap(blank, end, height) : 1,
  )
}

/** The longest part of a line, as shares of its length, whose middle runs inside a region or right beside it. */
function insideShare(
  [a, b, c, d]: Quad,
  steps: number,
  outline: readonly Point[],
): readonly [number, number] {
  let longest: readonly [number, number] = [0, 0]
  let start = 0
  for (let step = 0; step <= steps; step++) {
    const share = (step + 0.5) / steps
    const [above, below] = [between(a, b, share), between(d, c, share)]
    const isInside =
      step < steps &&
      [0.5, 0.5 - BESIDE, 0.5 + BESIDE].some((down) => isInPolygon(between(above, below, down), outline))
    if (isInside) continue
    if (step - start > longest[1] - longest[0]) longest = [start, step]
    start = step + 1
  }
  return [longest[0] / steps, longest[1] / steps]
}

/** Even-odd rule: whether a ray to the right crosses the outline an odd number of times. */
function isInPolygon([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false
  let [px, py] = outline.at(-1) ?? [0, 0]
  for (const [qx, qy] of outline) {
    if (py > y !== qy > y && x < px + ((y - py) * (qx - px)) / (qy - py)) inside = !inside
    px = qx
    py = qy
  }
  return inside
}

/** For each pixel along the line: whether nothing is printed there, seen from the contrast across. */
function blankColumns(image: Image, quad: Quad): boolean[] {
  const size = cropSize(quad)
  const { data, width, height } = warp(image, quad, size.width, size.height)
  const contrasts = Array.from({ length: width }, (_, x) => {
    let [least, most] = [255, 0]
    for (let at = x * 3; at < width * height * 3; at += width * 3) {
      const gray = grayOf(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0)
      least = Math.min(least, gray)
      most = Math.max(most, gray)
    }
    return most - least
  })
  const limit = 0.35 * Math.max(...contrasts)
  return contrasts.map((contrast) => contrast < limit)
}

/** A place between words near a share of the line's length, else one between letters, else the same place. */
function nearGap(blank: readonly boolean[], share: number, height: number): number {
  const wanted = share * blank.length
  const gaps: { readonly place: number; readonly length: number }[] = []
  for (let start = 0; start < blank.length; start++) {
    if (!blank[start]) continue
    let end = start
    while (blank[end]) end++
    // Of a wide gap the part beside the wanted place, so that no part of it is lost that was drawn around.
    const place = Math.min(Math.max(wanted, start), end)
    if (Math.abs(place - wanted) <= STICKS_OUT * height) gaps.push({ place, length: end - start })
    start = end
  }
  const nearest = (of: typeof gaps) =>
    of.toSorted((a, b) => Math.abs(a.place - wanted) - Math.abs(b.place - wanted))[0]
  const gap = nearest(gaps.filter(({ length }) => length >= WORD_GAP * height)) ?? nearest(gaps)
  return (gap?.place ?? wanted) / blank.length
}

function slice([a, b, c, d]: Quad, start: number, end: number): Quad {
  return [between(a, b, start), between(a, b, end), between(d, c, end), between(d, c, start)]
}

function between(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}
