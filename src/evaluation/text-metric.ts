import type { MarkedRegion } from '../regions/marked-regions.ts'
import { shapeOutlines } from '../regions/shape-outlines.ts'
import { type Rates, ratesOf } from './counts.ts'
import type { MatchedText } from './match-texts.ts'
import type { Metric } from './metric.ts'
import { pagesOf } from './pages-of.ts'
import { addTexts, characterErrorRate, NO_TEXTS, scoreTexts } from './score-texts.ts'

export interface TextReport {
  /** Name of the `Image`. */
  readonly object: string
  /** Of places at IoU 0.5, whatever was read there: their F1 is ICDAR's H-mean of detection. */
  readonly places: Rates
  /** Of lines that were found and read without a mistake: their F1 is the H-mean end to end. */
  readonly lines: Rates
  /** Mistakes to characters in the lines that were found; undefined where there is none. */
  readonly characterErrorRate: number | undefined
  readonly texts: number
}

/** How well texts on pictures are found and read. */
export function createTextMetric(object: string): Metric<TextReport> {
  let total = NO_TEXTS
  return {
    add(truth, found) {
      const score = pagesOf(truth, found, object)
        .map((page) => scoreTexts(toTexts(page.truth), toTexts(page.found)))
        .reduce(addTexts, NO_TEXTS)
      total = addTexts(total, score)
      const { places, lines } = score
      if (places.truth + places.found === 0) return undefined
      const counts = lines.truth === 0 ? places : lines
      const extra = places.found - places.matched
      const parts = [
        `${places.matched} of ${places.truth} found`,
        ...(lines.truth > 0 ? [`${lines.matched} of ${lines.truth} read`] : []),
        ...(extra > 0 ? [`${extra} too many`] : []),
      ]
      return { quality: ratesOf(counts).f1, says: parts.join(', ') }
    },
    report: () => ({
      object,
      places: ratesOf(total.places),
      lines: ratesOf(total.lines),
      characterErrorRate: characterErrorRate(total),
      texts: total.places.truth,
    }),
  }
}

function toTexts(regions: readonly MarkedRegion[]): readonly MatchedText[] {
  return regions.flatMap(({ shape, text }) => {
    const points = shape.kind === 'point' ? undefined : shapeOutlines(shape)[0]
    return points === undefined ? [] : [{ points, text }]
  })
}
