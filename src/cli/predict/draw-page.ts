import type { Point } from '../../geometry/point.ts'
import {
  type Canvas,
  type Color,
  createCanvas,
  drawImage,
  fillPolygon,
  strokePolygon,
} from '../../image/draw.ts'
import { drawText, type Font, textWidth } from '../../image/draw-text.ts'
import type { Image } from '../../image/image.ts'
import { resize } from '../../image/resize.ts'
import { drawRegion, type PlacedRegion, placeRegion } from './draw-region.ts'
import type { DrawnPage, DrawnRegion } from './drawn-regions.ts'
import { boundsOf, placeTag } from './place-tag.ts'

export interface DrawPageOptions {
  readonly font: Font
  /** Stands above the page, such as the file's name and the version. */
  readonly title: string
  readonly colorOf: (label: string | undefined) => Color
}

const INK: Color = [33, 37, 41]
const PAPER: Color = [255, 255, 255]
/** Around the page. */
export const MARGIN: Color = [233, 236, 239]

/** Small pages are drawn larger, so that there is room for the tags, and huge ones smaller. */
const LONG_SIDE = { least: 1100, most: 2200 }
const HEADER = 40
const GAP = 12
/** Below this many pixels letters are no longer read. */
const SMALLEST_TEXT = 9

/**
 * The page with an outline and a tag on each region. Where texts were read, a second page beside it has them where they
 * stand, numbered as on the first.
 */
export function drawPage(image: Image, page: DrawnPage, options: DrawPageOptions): Canvas {
  const { regions } = page
  const long = Math.max(image.width, image.height)
  const scale = Math.min(Math.max(long, LONG_SIDE.least), LONG_SIDE.most) / long
  const [width, height] = [image.width, image.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  ) as [number, number]
  const scaled = regions.map((region) => placeRegion(region, { scale, left: GAP, top: HEADER + GAP }))
  const hasTexts = regions.some(({ text }) => text !== undefined)
  const shift = width + GAP
  const canvas = createCanvas((hasTexts ? shift * 2 : shift) + GAP, height + HEADER + 2 * GAP, MARGIN)
  drawImage(canvas, resize(image, width, height), GAP, HEADER + GAP)
  drawMarks(canvas, scaled, hasTexts, options)
  if (hasTexts) {
    drawImage(canvas, createCanvas(width, height, PAPER), shift + GAP, HEADER + GAP)
    for (const region of scaled) drawReading(canvas, region, shift, options)
  }
  drawHeader(canvas, page, hasTexts, options)
  return canvas
}

/** Outlines, and tags that keep off the other regions where they can. */
function drawMarks(
  canvas: Canvas,
  regions: readonly PlacedRegion[],
  hasTexts: boolean,
  { font, colorOf }: DrawPageOptions,
): void {
  const points = regions.filter(({ isPoint }) => isPoint)
  for (const region of regions) {
    // Lines of text lie side by side; things lie over each other, and tints would add up.
    drawRegion(canvas, region, colorOf(region.labels[0]), { tint: hasTexts ? 0.14 : 0 })
  }
  // Things may be covered in part by the name of another; words and points may not.
  const kept = (hasTexts ? regions : points).map(({ outline }) => outline)
  const tags: (readonly Point[])[] = []
  for (const [index, region] of regions.entries()) {
    const { outline } = region
    const text = hasTexts ? String(index + 1) : tagOf(region)
    if (text === '' || outline.length === 0) continue
    const size = hasTexts ? Math.min(Math.max(heightOf(outline) * 0.55, 13), 18) : region.isPoint ? 14 : 20
    const tag = { width: textWidth(font, text, size) + 8, height: size }
    const [left, top] = placeTag(tag, {
      outline,
      taken: [...kept, ...tags],
      area: canvas,
      prefer: hasTexts || region.isPoint ? 'beside' : 'above',
    })
    const corners = rectangle(left, top, tag.width, tag.height)
    tags.push(corners)
    const color = colorOf(region.labels[0])
    fillPolygon(canvas, corners, color)
    drawText(canvas, font, text, { origin: [left + 4, top], size, color: inkOn(color) })
  }
  for (const point of points) drawRegion(canvas, point, colorOf(point.labels[0]), { tint: 0 })
}

/** The text in the frame of its region, as large as fits. */
function drawReading(
  canvas: Canvas,
  region: PlacedRegion,
  shift: number,
  { font, colorOf }: DrawPageOptions,
) {
  const outline = region.outline.map(([x, y]): Point => [x + shift, y])
  strokePolygon(canvas, outline, mix(colorOf(region.labels[0]), PAPER, 0.55), 1)
  if (region.text === undefined || region.text === '') return
  const [topLeft, topRight, , bottomLeft] = cornersOf(outline)
  if (topLeft === undefined || topRight === undefined || bottomLeft === undefined) return
  const [width, height] = [distance(topLeft, topRight), distance(topLeft, bottomLeft)]
  const fitting = (width / textWidth(font, region.text, 100)) * 100
  const size = Math.max(SMALLEST_TEXT, Math.min(height, fitting))
  const angle = Math.atan2(topRight[1] - topLeft[1], topRight[0] - topLeft[0])
  const down = (height - size) / 2
  const origin: Point = [topLeft[0] - down * Math.sin(angle), topLeft[1] + down * Math.cos(angle)]
  drawText(canvas, font, region.text, { origin, size, color: INK, angle })
}

/** Title, count, answers about the page; and what the colours mean, where the tags do not say it. */
function drawHeader(
  canvas: Canvas,
  { regions, answers }: DrawnPage,
  hasTexts: boolean,
  { font, title, colorOf }: DrawPageOptions,
): void {
  const size = 24
  const top = (HEADER + GAP - size) / 2
  const count = `${regions.length} ${regions.length === 1 ? 'region' : 'regions'}`
  const text = [title, count, ...answers].join('  ·  ')
  drawText(canvas, font, text, { origin: [GAP, top], size, color: INK })
  if (!hasTexts) return
  let left = GAP + textWidth(font, text, size) + 2 * GAP
  for (const label of new Set(regions.flatMap((region) => region.labels))) {
    fillPolygon(canvas, rectangle(left, top + 5, 14, 14), colorOf(label))
    drawText(canvas, font, label, { origin: [left + 20, top], size, color: INK })
    left += 20 + textWidth(font, label, size) + GAP
  }
}

function tagOf({ labels, score }: DrawnRegion): string {
  return [labels.join(', '), score?.toFixed(2)].filter(Boolean).join(' ')
}

function rectangle(left: number, top: number, width: number, height: number): readonly Point[] {
  return [
    [left, top],
    [left + width, top],
    [left + width, top + height],
    [left, top + height],
  ]
}

/** Four corners of any outline: its own, or those of the upright rectangle around it. */
function cornersOf(outline: readonly Point[]): readonly Point[] {
  if (outline.length === 4) return outline
  const { left, top, right, bottom } = boundsOf(outline)
  return rectangle(left, top, right - left, bottom - top)
}

function heightOf(outline: readonly Point[]): number {
  const [topLeft, , , bottomLeft] = cornersOf(outline)
  return topLeft === undefined || bottomLeft === undefined ? 0 : distance(topLeft, bottomLeft)
}

function distance([x0, y0]: Point, [x1, y1]: Point): number {
  return Math.hypot(x1 - x0, y1 - y0)
}

function mix(color: Color, other: Color, part: number): Color {
  return color.map((value, index) => value + ((other[index] as number) - value) * part) as unknown as Color
}

/** Black or white, whichever is read better: by relative luminance, as WCAG 2 weighs the channels. */
function inkOn([red, green, blue]: Color): Color {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 150 ? INK : PAPER
}
