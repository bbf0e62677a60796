import { expect, test } from 'bun:test'
import { createProgress } from '../../src/cli/predict/progress.ts'

function stream(isTTY: boolean, columns = 40) {
  const written: string[] = []
  const write = (text: string) => written.push(text)
  return { written, stream: { isTTY, columns, write } as unknown as NodeJS.WriteStream }
}

test('progress is one line that is written over, no wider than the terminal', () => {
  const { written, stream: terminal } = stream(true)
  const progress = createProgress(4, terminal)
  progress.show(1, 'a-very-long-name-of-a-page.png')
  progress.clear()
  expect(written).toEqual([`\r\u001B[2K${'█'.repeat(6)}${'░'.repeat(18)} 1/4 a-very-lon`, '\r\u001B[2K'])
})

test.each([
  [false, 4],
  [true, 1],
])('there is none when the terminal is %p and the tasks are %d', (isTTY, total) => {
  const { written, stream: other } = stream(isTTY)
  const progress = createProgress(total, other)
  progress.show(0, 'a.png')
  progress.clear()
  expect(written).toEqual([])
})
