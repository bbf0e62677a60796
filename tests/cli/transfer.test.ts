import { describe, expect, test } from 'bun:test'
import { columns, formatBytes, formatSeconds } from '../../src/cli/models/format.ts'
import { createTransfer } from '../../src/cli/models/transfer.ts'

/** What is shown at a terminal, by a clock that the test sets. */
function terminal(isTTY = true) {
  const lines: string[] = []
  const clock = { ms: 0 }
  const write = (text: string) => lines.push(text.replace('\r\u001B[2K', ''))
  const stream = { isTTY, columns: 100, write } as unknown as NodeJS.WriteStream
  return { lines, clock, transfer: createTransfer(stream, () => clock.ms) }
}

describe('a transfer', () => {
  test('shows how much is here, how fast it comes and how long it takes', () => {
    const { lines, clock, transfer } = terminal()
    transfer.start('yolox_nano.onnx')
    transfer.show(0, 4_000_000)
    clock.ms = 1000
    transfer.show(1_000_000, 4_000_000)
    expect(lines).toEqual([
      `${'░'.repeat(24)} yolox_nano.onnx 0 B of 4.0 MB`,
      `${'█'.repeat(6)}${'░'.repeat(18)} yolox_nano.onnx 1.0 MB of 4.0 MB, 1.0 MB/s, 3 s left`,
    ])
  })

  test('has the rate of the last seconds, and none of what was here before', () => {
    const { lines, clock, transfer } = terminal()
    transfer.start('x')
    transfer.show(9_000_000, undefined)
    for (const second of [1, 2, 3, 4, 5, 6, 7]) {
      clock.ms = second * 1000
      transfer.show(9_000_000 + (second < 3 ? 0 : (second - 2) * 500_000), undefined)
    }
    // Since the second second: five seconds, 2.5 MB.
    expect(lines.at(-1)).toBe('x 11.5 MB, 500 kB/s')
  })

  test('is drawn ten times a second, and at its end', () => {
    const { lines, clock, transfer } = terminal()
    transfer.start('x')
    for (let done = 0; done <= 1000; done++) {
      clock.ms = done / 4
      transfer.show(done, 1000)
    }
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toContain('1.0 kB of 1.0 kB')
  })

  test('begins anew when the download does', () => {
    const { lines, clock, transfer } = terminal()
    transfer.start('x')
    transfer.show(900_000, undefined)
    clock.ms = 1000
    transfer.show(100_000, undefined)
    clock.ms = 2000
    transfer.show(300_000, undefined)
    expect(lines.slice(1)).toEqual(['x 100 kB', 'x 300 kB, 200 kB/s'])
  })

  test('is not shown where nobody looks', () => {
    const { lines, transfer } = terminal(false)
    transfer.start('x')
    transfer.show(1, 2)
    transfer.clear()
    expect(lines).toEqual([])
  })
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [585_532, '586 kB'],
  [999_600, '1.0 MB'],
  [3_392_637, '3.4 MB'],
  [176_713_194, '177 MB'],
  [2_500_000_000_000, '2.5 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0.2, '1 s'],
  [59.1, '1 min 0 s'],
  [125, '2 min 5 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})

test('columns are as wide as what is in them, and end without blanks', () => {
  expect(
    columns([
      ['name', 'size'],
      ['a-long-name', ''],
    ]),
  ).toEqual(['name         size', 'a-long-name'])
})
