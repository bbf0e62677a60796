import type { Point, Quad } from '../../geometry/point.ts'
import { grayOf } from '../../image/tensor.ts'
import type { Image } from '../../image/image.ts'
import { warp } from '../../image/warp.ts'
import { quadSize, turnUpright } from '../line-crop.ts'

export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

// In heights of the line.
/** A line that sticks out by less is read whole: the region was drawn a little too small. */
const STICKS_OUT = 0.6
/** Above or below the region: a line whose middle is no further away is still meant. */
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
 * @returns undefined when the line lies outside
 */
export function cutLine(image: Image, quad: Quad, region: Rectangle): Quad | undefined {
  const along = turnUpright(quad)
  const { width, height } = quadSize(along)
  const beside = BESIDE * height
  const wider = {
    left: region.left - beside,
    top: region.top - beside,
    right: region.right + beside,
    bottom: region.bottom + beside,
  }
  const [from, to] = [middle(along[0], along[3], 0.5), middle(along[1], along[2], 0.5)]
  if (insideShare(from, to, wider) === undefined) return undefined
  const inside = insideShare(from, to, region) ?? insideShare(from, to, wider)
  if (inside === undefined) return undefined
  const [start, end] = inside
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

/** The part of the way between two points that lies in a rectangle, as shares of it (Liang and Barsky 1984). */
function insideShare(
  [x, y]: Point,
  [toX, toY]: Point,
  { left, top, right, bottom }: Rectangle,
): readonly [number, number] | undefined {
  let [start, end] = [0, 1]
  for (const [from, way, low, high] of [
    [x, toX - x, left, right],
    [y, toY - y, top, bottom],
  ] as const) {
    if (way === 0) {
      if (from < low || from > high) return undefined
      continue
    }
    const [enter, leave] = [(low - from) / way, (high - from) / way]
    start = Math.max(start, Math.min(enter, leave))
    end = Math.min(end, Math.max(enter, leave))
  }
  return start < end ? [start, end] : undefined
}

/** For each pixel along the line: whether nothing is printed there, seen from the contrast across. */
function blankColumns(image: Image, quad: Quad): boolean[] {
  const size = quadSize(quad)
  const { data, width, height } = warp(
    image,
    quad,
    Math.max(1, Math.round(size.width)),
    Math.max(1, Math.round(size.height)),
  )
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
  const gaps: { readonly middle: number; readonly length: number }[] = []
  for (let start = 0; start < blank.length; start++) {
    if (!blank[start]) continue
    let end = start
    while (blank[end]) end++
    // Of a wide gap the part beside the wanted place, so that no part of it is lost that was drawn around.
    const place = Math.min(Math.max(wanted, start), end)
    if (Math.abs(place - wanted) <= STICKS_OUT * height) gaps.push({ middle: place, length: end - start })
    start = end
  }
  const nearest = (of: typeof gaps) =>
    of.toSorted((a, b) => Math.abs(a.middle - wanted) - Math.abs(b.middle - wanted))[0]
  const gap = nearest(gaps.filter(({ length }) => length >= WORD_GAP * height)) ?? nearest(gaps)
  return (gap?.middle ?? wanted) / blank.length
}

function slice([a, b, c, d]: Quad, start: number, end: number): Quad {
  return [middle(a, b, start), middle(a, b, end), middle(d, c, end), middle(d, c, start)]
}

function middle(a: Point, b: Point, share: number): Point {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}
