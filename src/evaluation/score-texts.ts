import { addCounts, type Counts, NO_COUNTS } from './counts.ts'
import { characterCount, editDistance } from './edit-distance.ts'
import { type MatchedText, matchTexts } from './match-texts.ts'

/** Sums over pages. */
export interface TextScore {
  /** Of places, whatever was read there. */
  readonly places: Counts
  /** Of places that have a text: matched are those that were found and read without a mistake. */
  readonly lines: Counts
  /** Of the true texts of places that were found. */
  readonly characters: number
  /** Changes that make what was read there the truth. */
  readonly mistakes: number
}

export const NO_TEXTS: TextScore = { places: NO_COUNTS, lines: NO_COUNTS, characters: 0, mistakes: 0 }

/** How well the texts of a page were found and read. Blanks at the ends do not count, case does. */
export function scoreTexts(truth: readonly MatchedText[], found: readonly MatchedText[]): TextScore {
  const { pairs, missed, extra } = matchTexts(truth, found)
  const read = pairs
    .map(([index, match]) => [truth[index]?.text?.trim(), (found[match]?.text ?? '').trim()] as const)
    .filter((pair): pair is readonly [string, string] => pair[0] !== undefined && pair[0] !== '')
  const distances = read.map(([right, text]) => editDistance(text, right))
  const missedLines = missed.filter((index) => (truth[index]?.text ?? '').trim() !== '')
  return {
    places: {
      truth: pairs.length + missed.length,
      found: pairs.length + extra.length,
      matched: pairs.length,
    },
    lines: {
      truth: read.length + missedLines.length,
      found: read.length + extra.length,
      matched: distances.filter((distance) => distance === 0).length,
    },
    characters: read.reduce((sum, [right]) => sum + characterCount(right), 0),
    mistakes: distances.reduce((sum, distance) => sum + distance, 0),
  }
}

export function addTexts(a: TextScore, b: TextScore): TextScore {
  return {
    places: addCounts(a.places, b.places),
    lines: addCounts(a.lines, b.lines),
    characters: a.characters + b.characters,
    mistakes: a.mistakes + b.mistakes,
  }
}

/**
 * Mistakes to characters over all texts at once (micro-averaged), so that long ones count for more.
 *
 * @returns undefined where no text was found that has a truth
 */
export function characterErrorRate({ characters, mistakes }: TextScore): number | undefined {
  return characters === 0 ? undefined : mistakes / characters
}
