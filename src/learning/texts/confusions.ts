import type { Candidate, TextCandidates } from '../../vision/ctc/candidates.ts'
import { alignTexts } from './align-texts.ts'
import { likeliestText } from './likeliest-text.ts'
import type { CorrectedLine } from './corrected-line.ts'

/** For each character that is read: what it is, with its share. */
export type Confusions = ReadonlyMap<string, readonly Candidate[]>

/** So many characters, read right, are believed to have been seen before the first one was. */
const PRIOR = 10
/** What happens less often is left out. */
const LEAST_SHARE = 0.02
/** What a step is less likely to stand for is left out: it takes time and changes next to nothing. */
const LEAST_PROBABILITY = 0.003
/** A text that differs in more of its characters is not what the line says, but what somebody made of it. */
const MOST_DIFFERENT = 0.5

/**
 * What the characters that a recognizer reads are in a project's texts: `O` a `0` in its numbers, `t` a `T` where all is
 * written in capitals. The channel of a noisy channel model (Kolak and Resnik 2002, "OCR error correction using a noisy
 * channel model"), without insertions.
 */
export function learnConfusions(lines: readonly CorrectedLine[]): Confusions {
  const counts = new Map<string, Map<string, number>>()
  for (const { text, candidates } of lines) {
    const read = likeliestText(candidates)
    const { pairs, differences } = alignTexts(read, text)
    if (differences > MOST_DIFFERENT * Math.max(read.length, text.length)) continue
    for (const [from, to] of pairs) {
      if (from === '') continue
      const known = counts.get(from) ?? new Map([[from, PRIOR]])
      known.set(to, (known.get(to) ?? 0) + 1)
      counts.set(from, known)
    }
  }
  return new Map([...counts].map(([from, seen]) => [from, sharesOf(from, seen)]))
}

/** The candidates of a line as the texts that they stand for. */
export function withConfusions(candidates: TextCandidates, confusions: Confusions): TextCandidates {
  return candidates.map((step) => {
    const probabilities = new Map<string, number>()
    const add = (text: string, probability: number) =>
      probabilities.set(text, (probabilities.get(text) ?? 0) + probability)
    for (const { text, probability } of step) {
      const known = confusions.get(text)
      if (known === undefined) add(text, probability)
      else for (const other of known) add(other.text, probability * other.probability)
    }
    const meant = [...probabilities].map(([text, probability]) => ({ text, probability }))
    const likely = meant.filter(({ probability }) => probability >= LEAST_PROBABILITY)
    return likely.length === 0 ? meant : likely
  })
}

function sharesOf(from: string, seen: ReadonlyMap<string, number>): readonly Candidate[] {
  const total = [...seen.values()].reduce((sum, count) => sum + count, 0)
  return [...seen]
    .map(([text, count]) => ({ text, probability: count / total }))
    .filter(({ text, probability }) => text === from || probability >= LEAST_SHARE)
}
