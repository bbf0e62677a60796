import type { Point } from '../../geometry/point.ts'
import type { ObjectTag } from '../../labeling/config.ts'
import type { Region, ResultItem } from '../../protocol/result.ts'
import type { Mask } from '../../regions/brush-value.ts'
import { type MarkedRegion, markedRegions } from '../../regions/marked-regions.ts'
import { shapeOutlines } from '../../regions/shape-outlines.ts'
import type { Page } from '../../regions/percent.ts'

/** One region of a page, its items joined. */
export interface DrawnRegion extends Pick<MarkedRegion, 'labels' | 'text' | 'score'> {
  /**
   * In pixels of the page: one; of a mask one for each of its parts, the largest first; of a point that point alone. Of a
   * rectangle, clockwise from its own top left corner.
   */
  readonly outlines: readonly (readonly Point[])[]
  /** In pixels of the page. */
  readonly mask?: Mask | undefined
}

export interface DrawnPage {
  readonly regions: readonly DrawnRegion[]
  /** What has no place on the page, such as a choice: one line an item. */
  readonly answers: readonly string[]
}

/**
 * The regions and answers that a prediction has for one page of one object tag, in their order.
 *
 * @throws LsmlError INVALID_REQUEST for the mask of a brush that cannot be read
 */
export function drawnRegions(result: readonly ResultItem[], object: ObjectTag, page: Page): DrawnPage {
  const { regions, others } = markedRegions(result, object.name, page)
  return {
    regions: regions.map(({ shape, labels, text, score }) => ({
      outlines: shapeOutlines(shape, { tolerance: 1 }),
      mask: shape.kind === 'mask' ? shape.mask : undefined,
      labels,
      text,
      score,
    })),
    answers: others.map(wordsOf),
  }
}

/** Words of an answer: choices, a span with its label; of one without words, its numbers, as a rating. */
export function wordsOf({ value }: Region): string {
  const words = Object.values(value).flatMap(strings)
  return (words.length > 0 ? words : Object.values(value)).join(' ')
}

function strings(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value.flat() : [value]
  return values.filter((each) => typeof each === 'string')
}
