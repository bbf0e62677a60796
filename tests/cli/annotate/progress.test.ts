import { expect, test } from 'bun:test'
import { createAnnotateProgress, duration } from '../../../src/cli/annotate/progress.ts'

function watched(isTTY: boolean) {
  const written: string[] = []
  let time = 0
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) }
  return {
    written,
    at: (ms: number) => void (time = ms),
    progress: createAnnotateProgress(100, {
      stream: stream as unknown as NodeJS.WriteStream,
      now: () => time,
    }),
  }
}

test('a person sees how many are done, how fast it goes and how long it will take', () => {
  const { written, at, progress } = watched(true)
  progress.show({ stored: 0, passed: 0, failed: 0 })
  at(10_000)
  progress.show({ stored: 18, passed: 20, failed: 2 })
  expect(written[0]).toEndWith(' 0/100')
  // 20 tasks in 10 s, 60 to go; those that were passed over took no time.
  expect(written[1]).toEndWith(`${'█'.repeat(10)}${'░'.repeat(14)} 40/100  2 failed  2.0/s  30 s left`)
})

test('a log gets a line a minute', () => {
  const { written, at, progress } = watched(false)
  for (const ms of [1_000, 59_000, 61_000, 90_000, 121_000]) {
    at(ms)
    progress.show({ stored: ms / 10_000, passed: 0, failed: 0 })
  }
  expect(written).toHaveLength(2)
  expect(written[0]).toMatch(/^6\.1\/100 {2}6\.0\/min {2}16 min left\n$/)
})

test.each([
  [0, '0 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [5_340_000, '89 min'],
  [12_000_000, '3 h 20 min'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
