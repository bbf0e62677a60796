import { clipToPage } from '../../geometry/clip-to-page.ts'
import { minAreaRect } from '../../geometry/min-area-rect.ts'
import type { Point, Quad } from '../../geometry/point.ts'
import type { Image } from '../../image/image.ts'
import { isArea, quadSize } from '../line-crop.ts'
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

/** The region as one line must be read so much better than the lines found in it, which may be the better outlines. */
const CLEARLY_BETTER = 0.1
/** So long a region may be one line in which the detector saw several, such as large letters one under another. */
const ONE_LINE = 3

/** The text inside an outline on a page; see `PageReader.readRegion`. */
export async function readOutline(
  page: Image,
  outline: readonly Point[],
  detector: TextDetector,
  recognizer: TextRecognizer,
): Promise<RegionText> {
  const onPage = clipToPage(outline, page)
  if (onPage.length < 3) return NOTHING
  const { quad } = minAreaRect(onPage)
  if (!isArea(quad)) return NOTHING
  const quads = await findLines(page, onPage, quad, detector)
  const [whole, ...lines] = await recognizer.recognize(page, [quad, ...quads])
  const read = joinLines(lines)
  if (whole === undefined || (lines.length > 1 && lengthToHeight(quad) < ONE_LINE)) return read
  return lines.length === 0 || whole.score > read.score + CLEARLY_BETTER ? joinLines([whole]) : read
}

function lengthToHeight(quad: Quad): number {
  const { width, height } = quadSize(quad)
  return Math.max(width, height) / Math.min(width, height)
}

/** Quads on the page of the lines, or parts of lines, that lie in the outline. */
async function findLines(
  page: Image,
  outline: readonly Point[],
  quad: Quad,
  detector: TextDetector,
): Promise<Quad[]> {
  const { image, fromPage, toPage } = cutWindow(page, quad)
  const region = outline.map(fromPage)
  const lines = (await detector.detect(image)).map((line) => cutLine(image, line.quad, region))
  return lines.flatMap((line) => (line === undefined ? [] : [line.map(toPage) as unknown as Quad]))
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
