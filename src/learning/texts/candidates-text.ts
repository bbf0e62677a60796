import { z } from 'zod'
import type { Candidate, TextCandidates } from '../../vision/ctc/candidates.ts'

/**
 * Candidates as compact JSON. Most steps are sure: a string is such characters with nothing between two of them (an empty
 * one is a step of nothing), an object is one step with the percent of its candidates.
 *
 * @example
 * ['TOT', { A: 61, '4': 39 }, '', 'L']
 */
export const candidatesSchema = z.array(z.union([z.string(), z.record(z.string(), z.number())]))
export type WrittenCandidates = z.output<typeof candidatesSchema>

/** Candidates of which one is so likely, in percent, count as sure. */
const SURE = 98

export function writeCandidates(candidates: TextCandidates): WrittenCandidates {
  const written: WrittenCandidates = []
  // The last written is a character, after which nothing came yet; the last written is a character and then nothing.
  let [isOpen, isSpaced] = [false, false]
  for (const step of candidates) {
    const sure = sureCharacter(step)
    if (sure === undefined) {
      if (isSpaced) written.push('')
      written.push(
        Object.fromEntries(
          step
            .map(({ text, probability }) => [text, percent(probability)] as const)
            .filter(([, share]) => share > 0),
        ),
      )
      ;[isOpen, isSpaced] = [false, false]
    } else if (sure === '') {
      if (isOpen) [isOpen, isSpaced] = [false, true]
      else if (!isSpaced && written.at(-1) !== '') written.push('')
    } else {
      if (isSpaced) written.push(`${written.pop() as string}${sure}`)
      else written.push(sure)
      ;[isOpen, isSpaced] = [true, false]
    }
  }
  if (isSpaced) written.push('')
  return written
}

export function readCandidates(written: WrittenCandidates): TextCandidates {
  return written.flatMap((part): TextCandidates => {
    if (typeof part !== 'string')
      return [
        Object.entries(part)
          .map(([text, share]) => ({ text, probability: share / 100 }))
          .toSorted((a, b) => b.probability - a.probability),
      ]
    if (part === '') return [[sureOf('')]]
    return [...part].flatMap((text, index) =>
      index === 0 ? [[sureOf(text)]] : [[sureOf('')], [sureOf(text)]],
    )
  })
}

/** Of several code points is none: it could not be told from several characters. */
function sureCharacter([first]: readonly Candidate[]): string | undefined {
  if (first === undefined || percent(first.probability) < SURE) return undefined
  return [...first.text].length <= 1 ? first.text : undefined
}

function percent(probability: number): number {
  return Math.round(probability * 100)
}

function sureOf(text: string): Candidate {
  return { text, probability: 1 }
}
