import { describe, expect, test } from 'bun:test'
import { toBytes, toInteger, toLogLevel, toMilliseconds } from '../../src/cli/values.ts'

describe('values of flags', () => {
  test.each([
    ['2GB', 2 * 1024 ** 3],
    ['512m', 512 * 1024 ** 2],
    ['1.5 GiB', 1.5 * 1024 ** 3],
    ['64KiB', 65_536],
    ['1000', 1000],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(toBytes('model-memory', text)).toBe(bytes)
  })

  test.each(['', 'GB', '-1', '2X', '1e3', '2 GBit'])('`%s` is no size', (text) => {
    expect(() => toBytes('model-memory', text)).toThrow(
      `\`--model-memory\` is a size such as 512MB or 2GB, and not \`${text}\``,
    )
  })

  test('a whole number lies within its range', () => {
    expect(toInteger('port', '0', [0, 65_535])).toBe(0)
    for (const text of ['', '65536', '-1', '1.5', 'http'])
      expect(() => toInteger('port', text, [0, 65_535])).toThrow(`from 0 to 65535, not \`${text}\``)
  })

  test('seconds become milliseconds', () => {
    expect(toMilliseconds('deadline', '2.5')).toBe(2500)
    expect(toMilliseconds('deadline', '90s')).toBe(90_000)
    for (const text of ['0', '-3', 'soon', ''])
      expect(() => toMilliseconds('deadline', text)).toThrow('is a number of seconds')
  })

  test('log levels may be spelled as in the Python backend', () => {
    expect(toLogLevel('WARNING')).toBe('warn')
    expect(toLogLevel('DEBUG')).toBe('debug')
    expect(() => toLogLevel('inof')).toThrow('There is no log level `inof`. Did you mean `info`?')
  })
})
