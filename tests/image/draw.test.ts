import { describe, expect, test } from 'bun:test'
import type { Point } from '../../src/geometry/point.ts'
import { type Canvas, createCanvas, drawImage, fillPolygon, strokePolygon } from '../../src/image/draw.ts'
import { drawText, openFont, textWidth } from '../../src/image/draw-text.ts'

const WHITE = [255, 255, 255] as const
const BLACK = [0, 0, 0] as const

/** `#` for black, `+` for anything between, `.` for white. */
function show({ width, height, data }: Canvas): string {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const value = data[(y * width + x) * 3] as number
      return value === 255 ? '.' : value === 0 ? '#' : '+'
    }).join(''),
  ).join('\n')
}

/** The rows and columns on which there is any ink. */
function inkOf({ width, height, data }: Canvas) {
  const ink: Point[] = []
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if ((data[(y * width + x) * 3] as number) < 128) ink.push([x, y])
  const [xs, ys] = [ink.map(([x]) => x), ink.map(([, y]) => y)]
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
    count: ink.length,
  }
}

describe('shapes', () => {
  test('a polygon is filled up to its corners, by the even-odd rule', () => {
    const canvas = createCanvas(9, 7, WHITE)
    const star: Point[] = [
      [1, 1],
      [7, 1],
      [7, 5],
      [1, 5],
      [1, 1],
      [3, 2.5],
      [5, 2.5],
      [5, 3.5],
      [3, 3.5],
      [3, 2.5],
    ]
    fillPolygon(canvas, star, BLACK)
    expect(show(canvas)).toBe(
      ['.........', '.#######.', '.#######.', '.###.###.', '.#######.', '.........', '.........'].join('\n'),
    )
  })

  test('a tint mixes with what lies below', () => {
    const canvas = createCanvas(3, 3, WHITE)
    const square: Point[] = [
      [-5, -5],
      [9, -5],
      [9, 9],
      [-5, 9],
    ]
    fillPolygon(canvas, square, [255, 0, 100], 0.2)
    expect([...canvas.data.subarray(0, 3)]).toEqual([255, 204, 224])
  })

  test('an outline is closed, of even strength where edges meet, and may leave the canvas', () => {
    const canvas = createCanvas(8, 6, WHITE)
    strokePolygon(
      canvas,
      [
        [1, 1],
        [6, 1],
        [6, 9],
        [1, 9],
      ],
      BLACK,
      1,
    )
    expect(show(canvas)).toBe(
      ['........', '.######.', '.#....#.', '.#....#.', '.#....#.', '.#....#.'].join('\n'),
    )
  })

  test('a slanted line is smoothed', () => {
    const canvas = createCanvas(8, 4, WHITE)
    strokePolygon(
      canvas,
      [
        [0, 0],
        [7, 3],
      ],
      BLACK,
      1,
    )
    expect(show(canvas)).toContain('+')
  })

  test('a picture is copied where it fits, whatever its channels', () => {
    const canvas = createCanvas(4, 3, WHITE)
    const data = new Uint8Array(3 * 3 * 4)
    drawImage(canvas, { width: 3, height: 3, channels: 4, data }, 2, -1)
    expect(show(canvas)).toBe(['..##', '..##', '....'].join('\n'))
  })
})

describe('text', () => {
  test('is as wide as it says, and within its line', async () => {
    const font = await openFont()
    for (const size of [12, 20, 40, 72, 100]) {
      const canvas = createCanvas(400, 140, WHITE)
      drawText(canvas, font, 'HIjg', { origin: [10, 20], size, color: BLACK })
      const ink = inkOf(canvas)
      expect(ink.right - ink.left).toBeWithin(
        textWidth(font, 'HIjg', size) * 0.8,
        textWidth(font, 'HIjg', size),
      )
      expect(ink.top).toBeGreaterThanOrEqual(20)
      expect(ink.bottom).toBeLessThanOrEqual(20 + size)
    }
  })

  test('keeps its thin strokes when it is small', async () => {
    const canvas = createCanvas(40, 20, WHITE)
    drawText(canvas, await openFont(), 'I I I I', { origin: [2, 2], size: 12, color: BLACK })
    const row = show(canvas).split('\n')[8] ?? ''
    expect(row.match(/[+#]+/g)).toHaveLength(4)
  })

  test('turned by 90 degrees runs down from its origin', async () => {
    const font = await openFont()
    const [level, turned] = [createCanvas(200, 200, WHITE), createCanvas(200, 200, WHITE)]
    drawText(level, font, 'Total', { origin: [100, 40], size: 30, color: BLACK })
    drawText(turned, font, 'Total', { origin: [100, 40], size: 30, color: BLACK, angle: Math.PI / 2 })
    const [a, b] = [inkOf(level), inkOf(turned)]
    expect(b.top - 40).toBe(a.left - 100)
    expect(b.bottom - 40).toBe(a.right - 100)
    expect(b.right).toBeLessThanOrEqual(100)
    expect(Math.abs(a.count - b.count)).toBeLessThan(a.count * 0.1)
  })

  test('has a colour, the letters of Western Europe, and a box for every other', async () => {
    const font = await openFont()
    const canvas = createCanvas(60, 40, WHITE)
    drawText(canvas, font, 'É', { origin: [5, 0], size: 36, color: [200, 0, 0] })
    expect(canvas.data).toContain(200)
    expect(textWidth(font, 'É', 36)).toBe(textWidth(font, 'E', 36))
    const boxes = createCanvas(60, 40, WHITE)
    drawText(boxes, font, '中', { origin: [5, 0], size: 36, color: BLACK })
    const { left, right, top, bottom } = inkOf(boxes)
    const middle = boxes.data[(Math.round((top + bottom) / 2) * 60 + Math.round((left + right) / 2)) * 3]
    expect(middle).toBe(255)
  })
})
