import type { Point, Quad } from '../geometry/point.ts'
import type { Image } from '../image/image.ts'
import { readingOrder } from './reading-order.ts'
import { readOutline, type RegionText } from './region/read-outline.ts'
import type { TextDetector } from './text-detector.ts'
import type { TextRecognizer } from './text-recognizer.ts'

export interface ReadLine {
  /** Pixels of the page, clockwise from the top left corner as the text is read. */
  readonly quad: Quad
  /** A closer outline. */
  readonly polygon: readonly Point[]
  readonly text: string
  /** Of the text, from 0 to 1. */
  readonly score: number
  /** Of the box, from 0 to 1. */
  readonly boxScore: number
}

export interface PageReader {
  /** Lines in reading order. Lines whose text is empty or below `textThreshold` are left out. */
  readPage(image: Image): Promise<readonly ReadLine[]>
  /**
   * The text inside a region that a person drew: its lines in reading order, joined with `\n`. What sticks out a little
   * is read whole, of a line that goes on the part inside. Empty, with a score of 0, when there is nothing to read.
   *
   * @param outline pixels of the page: four corners of a rectangle, also a turned one, or three and more of a polygon
   */
  readRegion(image: Image, outline: readonly Point[]): Promise<RegionText>
}

export interface PageReaderOptions {
  readonly detector: TextDetector
  readonly recognizer: TextRecognizer
  /**
   * Score of a text below which `readPage` leaves its line out, from 0 to 1.
   * @default 0.5, PaddleOCR's `drop_score`
   */
  readonly textThreshold?: number | undefined
}

/**
 * Joins a detector and a recognizer to a reader of pages.
 *
 * @example
 * const detector = await openTextDetector(ctx.models, 'text-detector')
 * const recognizer = await openTextRecognizer(ctx.models, 'text-recognizer')
 * const reader = createPageReader({ detector, recognizer })
 * for (const { text } of await reader.readPage(image)) console.log(text)
 */
export function createPageReader(options: PageReaderOptions): PageReader {
  const { detector, recognizer, textThreshold = 0.5 } = options
  return {
    async readPage(image) {
      const found = await detector.detect(image)
      const texts = await recognizer.recognize(
        image,
        found.map(({ quad }) => quad),
      )
      const lines = found.flatMap(({ polygon, score: boxScore }, index): ReadLine[] => {
        const { text = '', score = 0, quad } = texts[index] ?? {}
        const trimmed = text.trim()
        const isKept = quad !== undefined && trimmed !== '' && score >= textThreshold
        return isKept ? [{ quad, polygon, text: trimmed, score, boxScore }] : []
      })
      return readingOrder(lines.map(({ quad }) => quad)).map((index) => lines[index] as ReadLine)
    },
    readRegion: (image, outline) => readOutline(image, outline, detector, recognizer),
  }
}
