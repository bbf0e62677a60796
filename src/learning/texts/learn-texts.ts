import leven from 'leven'
import { splitFolds } from '../folds.ts'
import { likeliestText } from './likeliest-text.ts'
import type { CorrectedLine } from './corrected-line.ts'
import { fitTextRescorer, type TextRescorer, type TextWeights } from './text-rescorer.ts'

/** What was learnt of a project's texts. Plain data. */
export interface LearntTexts {
  /** Undefined where nothing is better than what the recognizer reads by itself. */
  readonly weights: TextWeights | undefined
  /**
   * Share of the characters that must be changed, inserted or deleted, of lines from which nothing was learnt: as the
   * recognizer reads them, and with the weights.
   */
  readonly errorRate: { readonly before: number; readonly after: number }
}

/** Each is tried with the best of the others, these from the middle on. */
const CHOICES = {
  characters: [0.3, 0.15, 0.45, 0],
  length: [3, 2, 4, 1],
  words: [1, 2, 3, 0],
} as const satisfies Record<keyof TextWeights, readonly number[]>

/** Lines that weights are tried on: more take longer and choose the same. */
const MOST_TRIED = 600
/** So many more lines must become better than worse: fewer are chance. */
const LEAST_GAIN = 3

/** A line that nothing was learnt from, and how lines are read with all else. */
interface HeldOutLine {
  readonly line: CorrectedLine
  readonly rescorer: (weights: TextWeights) => TextRescorer
}

/**
 * Chooses how much a project's texts count when its lines are read. Weights are tried on pages from which nothing was
 * learnt (cross-validation), and taken only where they are better there than the recognizer alone.
 *
 * @param pages lines that people went through, those of one page together, so that no page helps to read itself
 */
export function learnTexts(pages: readonly (readonly CorrectedLine[])[]): LearntTexts {
  const lines = holdOut(pages)
  const plain = lines.map(({ line }) => leven(likeliestText(line.candidates), line.text))
  const total = lines.reduce((sum, { line }) => sum + line.text.length, 0)
  const rate = (errors: readonly number[]) => (total === 0 ? 0 : sumOf(errors) / total)
  const before = rate(plain)
  const unchanged: LearntTexts = { weights: undefined, errorRate: { before, after: before } }
  if (before === 0) return unchanged
  const { weights, errors } = chooseWeights(lines)
  const gain = errors.reduce((sum, count, index) => sum + Math.sign((plain[index] ?? 0) - count), 0)
  const isBetter = sumOf(errors) < sumOf(plain) && gain >= LEAST_GAIN
  return isBetter ? { weights, errorRate: { before, after: rate(errors) } } : unchanged
}

function holdOut(pages: readonly (readonly CorrectedLine[])[]): readonly HeldOutLine[] {
  const heldOut = splitFolds(pages.length).flatMap((fold): readonly HeldOutLine[] => {
    const rescorer = fitTextRescorer(fold.learnFrom.flatMap((index) => pages[index] ?? []))
    return fold.heldOut.flatMap((index) => pages[index] ?? []).map((line) => ({ line, rescorer }))
  })
  // Lines of all pages, and not those of the first.
  const step = Math.max(1, heldOut.length / MOST_TRIED)
  return Array.from(
    { length: Math.min(heldOut.length, MOST_TRIED) },
    (_, index) => heldOut[Math.floor(index * step)] as HeldOutLine,
  )
}

function chooseWeights(lines: readonly HeldOutLine[]): {
  readonly weights: TextWeights
  readonly errors: readonly number[]
} {
  const first = { characters: CHOICES.characters[0], length: CHOICES.length[0], words: CHOICES.words[0] }
  let best = { weights: first as TextWeights, errors: errorsWith(first, lines) }
  for (const name of ['characters', 'length', 'words'] as const)
    for (const value of CHOICES[name].slice(1)) {
      const weights = { ...best.weights, [name]: value }
      const errors = errorsWith(weights, lines)
      if (sumOf(errors) < sumOf(best.errors)) best = { weights, errors }
    }
  return best
}

function errorsWith(weights: TextWeights, lines: readonly HeldOutLine[]): readonly number[] {
  const rescorers = new Map<HeldOutLine['rescorer'], TextRescorer>()
  return lines.map(({ line, rescorer }) => {
    const rescore = rescorers.get(rescorer) ?? rescorer(weights)
    rescorers.set(rescorer, rescore)
    return leven(rescore(line.candidates), line.text)
  })
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
