import type { TextCandidates } from './candidates.ts'

/** What is known of the texts before they are read: how it weighs, in logarithms of probability. */
export interface TextModel {
  /** Added where `character` follows `text`. */
  readonly next: (text: string, character: string) => number
  /** Added where `text` ends. */
  readonly end: (text: string) => number
}

export interface BeamSearchOptions {
  /** Beginnings that are followed from step to step. @default 8 */
  readonly beams?: number
}

/** A beginning so much less likely than the best one (natural logarithm) is not followed. */
const FURTHEST = 8

/** A beginning of the text, and the likelihood of all paths that write it. */
interface Beam {
  readonly text: string
  /** Its last character. */
  readonly last: string
  /** Weight of the text by the model. */
  readonly weight: number
  /** Logarithms: of the paths that end in nothing, and in the last character. */
  blank: number
  written: number
}

const IMPOSSIBLE = Number.NEGATIVE_INFINITY

/**
 * The likeliest text under a recognizer and a text model together: prefix beam search (Hannun et al. 2014, "First-pass
 * large vocabulary continuous speech recognition using bi-directional recurrent DNNs", algorithm 1, with a model of
 * characters as in Maas et al. 2015, "Lexicon-free conversational speech recognition with neural networks").
 */
export function searchPrefixes(
  candidates: TextCandidates,
  model: TextModel,
  options: BeamSearchOptions = {},
): string {
  const { beams: width = 8 } = options
  let beams: readonly Beam[] = [{ text: '', last: '', weight: 0, blank: 0, written: IMPOSSIBLE }]
  for (const step of candidates) {
    const next = new Map<string, Beam>()
    for (const beam of beams) {
      const all = logAdd(beam.blank, beam.written)
      for (const { text, probability } of step) {
        const log = Math.log(probability)
        if (text === '') {
          const same = continued(next, beam)
          same.blank = logAdd(same.blank, all + log)
          continue
        }
        if (text !== beam.last) {
          const longer = lengthened(next, beam, text, model)
          longer.written = logAdd(longer.written, all + log)
          continue
        }
        const same = continued(next, beam)
        same.written = logAdd(same.written, beam.written + log)
        // Only nothing in between doubles a character.
        if (beam.blank === IMPOSSIBLE) continue
        const longer = lengthened(next, beam, text, model)
        longer.written = logAdd(longer.written, beam.blank + log)
      }
    }
    beams = best([...next.values()], width)
  }
  const [first, ...others] = beams
  if (first === undefined) return ''
  const total = (beam: Beam) => scoreOf(beam) + model.end(beam.text)
  return others.reduce((winner, beam) => (total(beam) > total(winner) ? beam : winner), first).text
}

function continued(next: Map<string, Beam>, { text, last, weight }: Beam): Beam {
  return next.get(text) ?? add(next, { text, last, weight, blank: IMPOSSIBLE, written: IMPOSSIBLE })
}

function lengthened(next: Map<string, Beam>, beam: Beam, last: string, model: TextModel): Beam {
  const text = beam.text + last
  const known = next.get(text)
  if (known !== undefined) return known
  const weight = beam.weight + model.next(beam.text, last)
  return add(next, { text, last, weight, blank: IMPOSSIBLE, written: IMPOSSIBLE })
}

function add(next: Map<string, Beam>, beam: Beam): Beam {
  next.set(beam.text, beam)
  return beam
}

function best(beams: readonly Beam[], width: number): readonly Beam[] {
  if (beams.length === 1) return beams
  const scored = beams.map((beam) => ({ beam, score: scoreOf(beam) })).toSorted((a, b) => b.score - a.score)
  const least = (scored[0]?.score ?? 0) - FURTHEST
  return scored
    .slice(0, width)
    .filter(({ score }) => score >= least)
    .map(({ beam }) => beam)
}

function scoreOf({ blank, written, weight }: Beam): number {
  return logAdd(blank, written) + weight
}

/** log(exp(a) + exp(b)) */
function logAdd(a: number, b: number): number {
  if (a === IMPOSSIBLE) return b
  if (b === IMPOSSIBLE) return a
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b))
}
