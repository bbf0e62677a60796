import { describe, expect, test } from 'bun:test'
import leven from 'leven'
import type { CorrectedLine } from '../../../src/learning/texts/corrected-line.ts'
import { learnTexts } from '../../../src/learning/texts/learn-texts.ts'
import { likeliestText } from '../../../src/learning/texts/likeliest-text.ts'
import { fitTextRescorer } from '../../../src/learning/texts/text-rescorer.ts'
import { createRandom } from '../street.ts'
import { line, sure } from './lines.ts'

const WORDS = ['TOTAL', 'CASH', 'ROUND', 'CHANGE', 'INVOICE', 'NO']

/** Pages of words and numbers, in which the recognizer takes an O for a 0 and the other way round. */
function pages(seed: number, count: number): readonly (readonly CorrectedLine[])[] {
  const random = createRandom(seed)
  const one = () => {
    const word = WORDS[Math.floor(random() * WORDS.length)] ?? ''
    const text = `${word} ${Math.floor(random() * 900 + 100)}.00`
    return line(text.replaceAll('O', '0').replaceAll('00', 'O0'), text)
  }
  return Array.from({ length: count }, () => Array.from({ length: 6 }, one))
}

function letters(random: () => number): string {
  return Array.from({ length: 6 }, () => 'abcdefgh'[Math.floor(random() * 8)]).join('')
}

function errorsOf(lines: readonly CorrectedLine[], read: (line: CorrectedLine) => string): number {
  return lines.reduce((sum, one) => sum + leven(read(one), one.text), 0)
}

describe('lines that were corrected', () => {
  const learnt = learnTexts(pages(1, 10))

  test('are read better on pages that nothing was learnt from', () => {
    expect(learnt.weights).toBeDefined()
    expect(learnt.errorRate.after).toBeLessThan(learnt.errorRate.before / 2)
    const unseen = pages(2, 10).flat()
    const rescore = fitTextRescorer(pages(1, 10).flat())(
      learnt.weights ?? { characters: 0, length: 0, words: 0 },
    )
    const before = errorsOf(unseen, ({ candidates }) => likeliestText(candidates))
    expect(before).toBeGreaterThan(50)
    expect(errorsOf(unseen, ({ candidates }) => rescore(candidates))).toBeLessThan(before / 2)
  })

  test('are learnt the same way each time', () => {
    expect(learnTexts(pages(1, 10))).toEqual(learnt)
  })
})

describe('nothing changes', () => {
  test('where nothing was corrected', () => {
    const accepted = pages(3, 10).map((lines) =>
      lines.map(({ candidates }) => ({ candidates, text: likeliestText(candidates) })),
    )
    expect(learnTexts(accepted)).toEqual({ weights: undefined, errorRate: { before: 0, after: 0 } })
  })

  test('where corrections have no rule', () => {
    const random = createRandom(4)
    const noise = Array.from({ length: 8 }, () =>
      Array.from({ length: 4 }, () => {
        return { text: letters(random), candidates: sure(letters(random)) }
      }),
    )
    const { weights, errorRate } = learnTexts(noise)
    expect(weights).toBeUndefined()
    expect(errorRate.after).toBe(errorRate.before)
  })

  test('for two corrections: they may be chance', () => {
    const few = [[line('T0TAL', 'TOTAL')], [line('T0TAL', 'TOTAL')], [line('CASH', 'CASH')]]
    expect(learnTexts(few).weights).toBeUndefined()
  })

  test('for a single page: there is no other to try it on', () => {
    expect(learnTexts([pages(5, 10).flat()]).weights).toBeUndefined()
    expect(learnTexts([])).toEqual({ weights: undefined, errorRate: { before: 0, after: 0 } })
  })
})

describe('a rescorer', () => {
  const known = Array.from({ length: 20 }, () => line('T0TAL', 'TOTAL'))
  const read = fitTextRescorer(known)({ characters: 0.3, length: 2, words: 1 })

  test('reads words of the project where the recognizer is unsure', () => {
    expect(read(line('T0TAL', '').candidates)).toBe('TOTAL')
  })

  test('leaves what it knows nothing of as it is', () => {
    expect(read(sure('ERIKA'))).toBe('ERIKA')
    expect(read([])).toBe('')
  })

  test('that learnt nothing reads as the recognizer does', () => {
    const plain = fitTextRescorer([])({ characters: 0, length: 0, words: 0 })
    expect(plain(line('T0TAL', '').candidates)).toBe('T0TAL')
  })
})
