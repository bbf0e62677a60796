import { expect, test } from 'bun:test'
import { learnConfusions, withConfusions } from '../../../src/learning/texts/confusions.ts'
import { line, sure } from './lines.ts'

const times = (count: number, read: string, text: string) =>
  Array.from({ length: count }, () => line(read, text))

test('a character stands for what it was corrected to, as often as it was', () => {
  const confusions = learnConfusions(times(30, 'a', 'A'))
  // Ten that were right are believed in before the first is seen.
  expect(confusions.get('a')).toEqual([
    { text: 'a', probability: 10 / 40 },
    { text: 'A', probability: 30 / 40 },
  ])
})

test('a character that was taken out stands for nothing', () => {
  const [step = []] = withConfusions(
    [[{ text: '~', probability: 0.5 }]],
    learnConfusions(times(10, 'ab~', 'ab')),
  )
  expect(step).toEqual([
    { text: '~', probability: 0.25 },
    { text: '', probability: 0.25 },
  ])
})

test('what happened once in many times is left out', () => {
  const confusions = learnConfusions([...times(100, 'a', 'a'), ...times(1, 'a', 'o')])
  expect(confusions.get('a')?.map(({ text }) => text)).toEqual(['a'])
})

test('a text that is none of what the line says teaches nothing', () => {
  expect(learnConfusions(times(10, 'GST 6%', 'see page two')).size).toBe(0)
  expect(learnConfusions(times(10, 'Total', 'TOTAL')).size).toBe(5)
})

test('what one character may be read as adds up', () => {
  const confusions = learnConfusions(times(30, 'a', 'A'))
  const step = [
    { text: 'a', probability: 0.6 },
    { text: 'A', probability: 0.3 },
    { text: '', probability: 0.1 },
  ]
  expect(withConfusions([step], confusions)[0]).toEqual([
    { text: 'a', probability: 0.15 },
    { text: 'A', probability: expect.closeTo(0.75, 10) },
    { text: '', probability: 0.1 },
  ])
})

test('characters that were never corrected stay', () => {
  expect(withConfusions(sure('xyz'), learnConfusions(times(3, 'a', 'A')))).toEqual(sure('xyz'))
})
