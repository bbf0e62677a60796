import type { Point } from '../geometry/point.ts'
import { blend, type Canvas, type Color, pixelBounds } from './draw.ts'
import { loadBitmapFont } from './jimp.ts'

/** Letters as coverage, drawn once at a large size and shrunk to the one that is asked for. */
export interface Font {
  /** Pixels from one line to the next, at the size in which the letters were drawn. */
  readonly lineHeight: number
  readonly glyphs: ReadonlyMap<string, Glyph>
  readonly kerning: (first: string, second: string) => number
}

interface Glyph {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
  readonly advance: number
  /** width · height values from 0 to 255. */
  readonly coverage: Uint8Array
}

export interface TextStyle {
  /** Top left corner of the line, in pixels. */
  readonly origin: Point
  /** Height of the line in pixels. */
  readonly size: number
  readonly color: Color
  /** Radians, clockwise about the origin. @default 0 */
  readonly angle?: number
}

let font: Promise<Font> | undefined

/** Open Sans, with the letters of Western Europe (Latin-1 and €); others are drawn as an empty box. */
export function openFont(): Promise<Font> {
  font ??= readFont()
  return font
}

/** Width in pixels of a line of this height. */
export function textWidth({ lineHeight, ...rest }: Font, text: string, size: number): number {
  return (layOut({ lineHeight, ...rest }, text).width * size) / lineHeight
}

/** Draws one line of text, smoothed. */
export function drawText(canvas: Canvas, font: Font, text: string, style: TextStyle): void {
  const { origin, size, color, angle = 0 } = style
  const strip = shrink(rasterize(font, text), size / font.lineHeight)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const corners = [0, strip.width].flatMap((u) =>
    [0, strip.height].map((v): Point => [origin[0] + u * cos - v * sin, origin[1] + u * sin + v * cos]),
  )
  const { left, right, top, bottom } = pixelBounds(canvas, corners, 1)
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [dx, dy] = [x - origin[0], y - origin[1]]
      const coverage = sample(strip, dx * cos + dy * sin, dy * cos - dx * sin)
      if (coverage > 0) blend(canvas, x, y, color, coverage / 255)
    }
  }
}

interface Strip {
  readonly width: number
  readonly height: number
  readonly coverage: Uint8Array
}

function layOut({ glyphs, kerning, lineHeight }: Font, text: string) {
  const placed: { readonly glyph: Glyph; readonly x: number }[] = []
  let x = 0
  let before = ''
  for (const letter of text) {
    const glyph = glyphs.get(letter) ?? box(lineHeight)
    x += kerning(before, letter)
    placed.push({ glyph, x })
    x += glyph.advance
    before = letter
  }
  return { placed, width: Math.max(1, x) }
}

/** What stands for a letter that the font lacks. */
function box(lineHeight: number): Glyph {
  const [width, height] = [Math.round(lineHeight * 0.5), Math.round(lineHeight * 0.6)]
  const coverage = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (Math.min(x, y, width - 1 - x, height - 1 - y) < lineHeight * 0.05) coverage[y * width + x] = 255
  return { width, height, left: 4, top: Math.round(lineHeight * 0.2), advance: width + 8, coverage }
}

function rasterize(font: Font, text: string): Strip {
  const { placed, width } = layOut(font, text)
  const strip = { width, height: font.lineHeight, coverage: new Uint8Array(width * font.lineHeight) }
  for (const { glyph, x } of placed) {
    for (let row = 0; row < glyph.height; row++) {
      for (let column = 0; column < glyph.width; column++) {
        const [toX, toY] = [x + glyph.left + column, glyph.top + row]
        if (toX < 0 || toX >= width || toY < 0 || toY >= strip.height) continue
        const at = toY * width + toX
        const value = glyph.coverage[row * glyph.width + column] as number
        strip.coverage[at] = Math.max(strip.coverage[at] as number, value)
      }
    }
  }
  return strip
}

/** The mean of all pixels that fall into one: plain bilinear would lose thin strokes. Larger sizes are not smoothed. */
function shrink(strip: Strip, scale: number): Strip {
  const width = Math.max(1, Math.round(strip.width * scale))
  const height = Math.max(1, Math.round(strip.height * scale))
  const coverage = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, strip.height)
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, strip.width)
      let sum = 0
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          sum += strip.coverage[row * strip.width + column] as number
      coverage[y * width + x] = sum / ((bottom - top) * (right - left))
    }
  }
  return { width, height, coverage }
}

function span(at: number, size: number, from: number): readonly [number, number] {
  const start = Math.floor((at * from) / size)
  return [start, Math.max(start + 1, Math.floor(((at + 1) * from) / size))]
}

function sample({ width, height, coverage }: Strip, u: number, v: number): number {
  const [left, top] = [Math.floor(u), Math.floor(v)]
  const pixel = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (coverage[y * width + x] as number)
  const [right, below] = [u - left, v - top]
  return (
    (pixel(left, top) * (1 - right) + pixel(left + 1, top) * right) * (1 - below) +
    (pixel(left, top + 1) * (1 - right) + pixel(left + 1, top + 1) * right) * below
  )
}

async function readFont(): Promise<Font> {
  const { chars, kernings, common, pages } = await loadBitmapFont()
  const glyphs = Object.entries(chars).map(([letter, char]): [string, Glyph] => {
    const { width, height } = char
    const sheet = pages[char.page]?.bitmap
    const coverage = new Uint8Array(width * height)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        coverage[y * width + x] = sheet?.data[((char.y + y) * sheet.width + char.x + x) * 4 + 3] ?? 0
    return [
      letter,
      { width, height, left: char.xoffset, top: char.yoffset, advance: char.xadvance, coverage },
    ]
  })
  return {
    lineHeight: Number(common.lineHeight),
    glyphs: new Map(glyphs),
    kerning: (first, second) => kernings[first]?.[second] ?? 0,
  }
}
