import type { TextCandidates } from '../../vision/ctc/candidates.ts'
import { searchPrefixes, type TextModel } from '../../vision/ctc/prefix-beam-search.ts'
import { fitCharacterModel } from './character-model.ts'
import { learnConfusions, withConfusions } from './confusions.ts'
import { likeliestText } from './likeliest-text.ts'
import type { CorrectedLine } from './corrected-line.ts'

/** How much what is known of a project's texts counts beside what the recognizer sees. */
export interface TextWeights {
  /** Of the model of characters: the exponent of its probability. */
  readonly characters: number
  /** What each character gains, in parts of that weight: a model that only multiplies would leave characters out. */
  readonly length: number
  /** What a word of the project gains, in logarithms of probability. */
  readonly words: number
}

/** Reads a line once more, from its candidates. */
export type TextRescorer = (candidates: TextCandidates) => string

/**
 * Learns a project's texts: which characters follow each other, which words there are, and what the recognizer confuses.
 *
 * @param lines what people say that lines read
 * @returns how to read a line with that and a choice of weights
 */
export function fitTextRescorer(lines: readonly CorrectedLine[]): (weights: TextWeights) => TextRescorer {
  const confusions = learnConfusions(lines)
  const characterModel = fitCharacterModel(lines.map(({ text }) => text))
  const words = new Set(lines.flatMap(({ text }) => text.split(SPACE)).filter((word) => word.length > 1))
  return (weights) => {
    const endOfWord = (text: string) =>
      weights.words !== 0 && words.has(text.slice(text.lastIndexOf(' ') + 1)) ? weights.words : 0
    const model: TextModel = {
      next: (text, character) =>
        weights.characters * (characterModel(text, character) + weights.length) +
        (character === ' ' ? endOfWord(text) : 0),
      end: (text) => weights.characters * characterModel(text) + endOfWord(text),
    }
    return (candidates) => {
      const text = searchPrefixes(withConfusions(candidates, confusions), model).trim()
      return text === '' ? likeliestText(candidates) : text
    }
  }
}

const SPACE = /\s+/
