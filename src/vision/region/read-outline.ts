import { minAreaRect } from '../../geometry/min-area-rect.ts'
import type { Point, Quad } from '../../geometry/point.ts'
import type { Image } from '../../image/image.ts'
import { isArea } from '../line-crop.ts'
import { readingRows } from '../reading-order.ts'
import type { TextDetector } from '../text-detector.ts'
import type { RecognizedText, TextRecognizer } from '../text-recognizer.ts'
import { cutLine } from './cut-line.ts'
import { cutWindow } from './region-window.ts'

export interface RegionText {
  readonly text: string
  /** Mean of the scores of its lines, from 0 to 1. */
  readonly score: number
}

const NOTHING: RegionText = { text: '', score: 0 }

/** The region as one line must be read so much better than the line found in it, which may be the better outline. */
const CLEARLY_BETTER = 0.1

/** The text inside an outline on a page; see `PageReader.readRegion`. */
export async function readOutline(
  page: Image,
  outline: readonly Point[],
  detector: TextDetector,
  recognizer: TextRecognizer,
): Promise<RegionText> {
  if (outline.length < 3) return NOTHING
  const { quad } = minAreaRect(outline)
  if (!isArea(quad)) return NOTHING
  const quads = await findLines(page, outline, quad, detector)
  if (quads.length > 1) return joinLines(await recognizer.recognize(page, quads))
  const [whole, line] = await recognizer.recognize(page, [quad, ...quads])
  const isWhole = line === undefined || (whole?.score ?? 0) > line.score + CLEARLY_BETTER
  return joinLines([isWhole ? whole : line].filter((text) => text !== undefined))
}

/** Quads on the page of the lines, or parts of lines, that lie in the outline. */
async function findLines(
  page: Image,
  outline: readonly Point[],
  quad: Quad,
  detector: TextDetector,
): Promise<Quad[]> {
  const { image, region, toPage } = cutWindow(page, quad)
  const found = await detector.detect(image)
  return found.flatMap((line) => {
    const part = cutLine(image, line.quad, region)
    if (part === undefined) return []
    const onPage = part.map(toPage) as unknown as Quad
    return isMostlyInside(onPage, outline) ? [onPage] : []
  })
}

/** Whether the middle of a line runs through a polygon for half of its length: a rectangle has been looked at already. */
function isMostlyInside([a, b, c, d]: Quad, outline: readonly Point[]): boolean {
  if (outline.length === 4) return true
  const shares = [0.1, 0.3, 0.5, 0.7, 0.9]
  const inside = shares.filter((share) => {
    const x = (a[0] + d[0]) * (1 - share) + (b[0] + c[0]) * share
    const y = (a[1] + d[1]) * (1 - share) + (b[1] + c[1]) * share
    return isInside([x / 2, y / 2], outline)
  })
  return inside.length > shares.length / 2
}

/** Even-odd rule: whether a ray to the right crosses the outline an odd number of times. */
function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false
  let [px, py] = outline.at(-1) as Point
  for (const [qx, qy] of outline) {
    if (py > y !== qy > y && x < px + ((y - py) * (qx - px)) / (qy - py)) inside = !inside
    px = qx
    py = qy
  }
  return inside
}

function joinLines(texts: readonly RecognizedText[]): RegionText {
  const lines = texts.filter(({ text }) => text.trim() !== '')
  if (lines.length === 0) return NOTHING
  const rows = readingRows(lines.map(({ quad }) => quad))
  return {
    text: rows.map((row) => row.map((index) => lines[index]?.text.trim()).join(' ')).join('\n'),
    score: lines.reduce((sum, { score }) => sum + score, 0) / lines.length,
  }
}
