import type { Alphabet, CtcSteps } from './decode.ts'

/** What a step may stand for. */
export interface Candidate {
  /** A character; empty for nothing (CTC's blank). */
  readonly text: string
  /** From 0 to 1. */
  readonly probability: number
}

/** What a recognizer holds possible of a line: for each step from left to right the likely candidates, best first. */
export type TextCandidates = readonly (readonly Candidate[])[]

/** Less likely than this is not among the candidates: no model of a language would turn it. */
const LEAST_PROBABILITY = 0.001

/**
 * The candidates of a line's steps. Neighbouring steps that can only be the same character, or only nothing, are one: that
 * changes no text, and leaves a fraction of the steps.
 *
 * @param probabilities false for logits: their softmax is then taken
 */
export function findCandidates(output: CtcSteps, alphabet: Alphabet, probabilities: boolean): TextCandidates {
  const { data, classes, offset, steps } = output
  const found: (readonly Candidate[])[] = []
  for (let step = 0, at = offset; step < steps; step++, at += classes) {
    const candidates = candidatesOf(data.subarray(at, at + classes), alphabet, probabilities)
    const previous = found.at(-1)
    const isRepeat =
      candidates.length === 1 && previous?.length === 1 && previous[0]?.text === candidates[0]?.text
    if (!isRepeat) found.push(candidates)
  }
  return found
}

function candidatesOf(step: Float32Array, alphabet: Alphabet, probabilities: boolean): readonly Candidate[] {
  const { maximum, total } = probabilities ? { maximum: 0, total: 1 } : sizeOf(step)
  const found: Candidate[] = []
  // Several classes may write nothing, such as MMOCR's start and end marks.
  let nothing = 0
  for (let index = 0; index < step.length; index++) {
    const value = step[index] as number
    const probability = probabilities ? value : Math.exp(value - maximum) / total
    if (probability < LEAST_PROBABILITY) continue
    const text = alphabet[index]
    if (text === undefined) nothing += probability
    else found.push({ text, probability })
  }
  if (nothing > 0) found.push({ text: '', probability: nothing })
  return found.toSorted((a, b) => b.probability - a.probability)
}

function sizeOf(step: Float32Array): { readonly maximum: number; readonly total: number } {
  let maximum = Number.NEGATIVE_INFINITY
  for (const value of step) maximum = Math.max(maximum, value)
  let total = 0
  for (const value of step) total += Math.exp(value - maximum)
  return { maximum, total }
}
