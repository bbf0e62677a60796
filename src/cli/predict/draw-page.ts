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
import type { DrawnPage, DrawnRegion } from './drawn-regions.ts'
import { placeTag } from './place-tag.ts'

export interface DrawPageOptions {
  readonly font: Font
  /** Stands above the page, such as the file's name and the version. */
  readonly title: string
  readonly colorOf: (label: string | undefined) => Color
}

const INK: Color = [33, 37, 41]
const PAPER: Color = [255, 255, 255]
const MARGIN: Color = [233, 236, 239]

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
export function drawPage(image: Image, { regions, answers }: DrawnPage, options: DrawPageOptions): Canvas {
  const long = Math.max(image.width, image.height)
  const scale = Math.min(Math.max(long, LONG_SIDE.least), LONG_SIDE.most) / long
  const [width, height] = [image.width, image.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  ) as [number, number]
  const scaled = regions.map((region) => ({
    ...region,
    outline: region.outline.map(([x, y]): Point => [x * scale + GAP, y * scale + HEADER + GAP]),
  }))
  const hasTexts = regions.some(({ text }) => text !== undefined)
  const shift = width + GAP
  const canvas = createCanvas((hasTexts ? shift * 2 : shift) + GAP, height + HEADER + 2 * GAP, MARGIN)
  drawImage(canvas, resize(image, width, height), GAP, HEADER + GAP)
  drawMarks(canvas, scaled, hasTexts, options)
  if (hasTexts) {
    drawImage(canvas, createCanvas(width, height, PAPER), shift + GAP, HEADER + GAP)
    for (const region of scaled) drawReading(canvas, region, shift, options)
  }
  drawHeader(canvas, regions, answers, options)
  return canvas
}

/** Outlines, and tags that keep off the other regions where they can. */
function drawMarks(
  canvas: Canvas,
  regions: readonly DrawnRegion[],
  numbered: boolean,
  { font, colorOf }: DrawPageOptions,
): void {
  for (const { outline, labels } of regions) {
    const color = colorOf(labels[0])
    fillPolygon(canvas, outline, color, 0.14)
    strokePolygon(canvas, outline, color, 2)
  }
  const taken = regions.map(({ outline }) => outline)
  for (const [index, region] of regions.entries()) {
    const text = numbered ? String(index + 1) : tagOf(region)
    if (text === '') continue
    const size = numbered ? Math.min(Math.max(heightOf(region.outline) * 0.55, 13), 18) : 20
    const tag = { width: textWidth(font, text, size) + 8, height: size }
    const [left, top] = placeTag(tag, region.outline, taken, canvas)
    const corners = rectangle(left, top, tag.width, tag.height)
    taken.push(corners)
    const color = colorOf(region.labels[0])
    fillPolygon(canvas, corners, color)
    drawText(canvas, font, text, { origin: [left + 4, top], size, color: inkOn(color) })
  }
}

/** The text in the frame of its region, as large as fits. */
function drawReading(canvas: Canvas, region: DrawnRegion, shift: number, { font, colorOf }: DrawPageOptions) {
  const outline = region.outline.map(([x, y]): Point => [x + shift, y])
  strokePolygon(canvas, outline, mix(colorOf(region.labels[0]), PAPER, 0.55), 1)
  if (region.text === undefined || region.text === '') return
  const [topLeft, topRight, , bottomLeft] = outline.length === 4 ? outline : boundsOf(outline)
  if (topLeft === undefined || topRight === undefined || bottomLeft === undefined) return
  const [width, height] = [distance(topLeft, topRight), distance(topLeft, bottomLeft)]
  const fitting = (width / textWidth(font, region.text, 100)) * 100
  const size = Math.max(SMALLEST_TEXT, Math.min(height, fitting))
  const angle = Math.atan2(topRight[1] - topLeft[1], topRight[0] - topLeft[0])
  const down = (height - size) / 2
  const origin: Point = [topLeft[0] - down * Math.sin(angle), topLeft[1] + down * Math.cos(angle)]
  drawText(canvas, font, region.text, { origin, size, color: INK, angle })
}

function drawHeader(
  canvas: Canvas,
  regions: readonly DrawnRegion[],
  answers: readonly string[],
  { font, title, colorOf }: DrawPageOptions,
): void {
  const size = 24
  const top = (HEADER - size) / 2 + GAP / 2
  const count = `${regions.length} ${regions.length === 1 ? 'region' : 'regions'}`
  const text = [title, count, ...answers].join('  ·  ')
  drawText(canvas, font, text, { origin: [GAP, top], size, color: INK })
  const labels = [...new Set(regions.flatMap((region) => region.labels))]
  let left = GAP + textWidth(font, text, size) + 2 * GAP
  for (const label of labels) {
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

function boundsOf(points: readonly Point[]): readonly Point[] {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  return rectangle(left, top, Math.max(...xs) - left, Math.max(...ys) - top)
}

function heightOf(outline: readonly Point[]): number {
  const [topLeft, , , bottomLeft] = outline.length === 4 ? outline : boundsOf(outline)
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
