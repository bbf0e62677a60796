import type { CorrectedLine } from '../../../src/learning/texts/corrected-line.ts'
import type { Candidate, TextCandidates } from '../../../src/vision/ctc/candidates.ts'

/** Steps of which each is sure: what a recognizer sees that reads exactly this. */
export function sure(text: string): TextCandidates {
  return [...text].flatMap((character) => [
    [{ text: character, probability: 1 }],
    [{ text: '', probability: 1 }],
  ])
}

/** A line that a recognizer reads as `read`, certain to this degree where it confuses characters: `0` with `O`. */
export function line(read: string, text: string, certainty = 0.6): CorrectedLine {
  const confused: Readonly<Record<string, string>> = { O: '0', '0': 'O', l: '1', '1': 'l' }
  const candidates = sure(read).map((step): readonly Candidate[] => {
    const other = confused[step[0]?.text ?? '']
    if (step[0] === undefined || other === undefined) return step
    return [
      { ...step[0], probability: certainty },
      { text: other, probability: 1 - certainty },
    ]
  })
  return { text, candidates }
}
