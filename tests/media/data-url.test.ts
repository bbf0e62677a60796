import { expect, test } from 'bun:test'
import { parseDataUrl } from '../../src/media/data-url.ts'
import { rejection, textOf } from './servers.ts'

const parse = (url: string, maxBytes = 1000) => parseDataUrl(url, maxBytes)

test.each([
  ['data:text/plain;base64,aGkh', 'hi!'],
  ['data:text/plain;base64,aGk=', 'hi'],
  ['data:text/plain;base64,aGk', 'hi'],
  ['data:;base64,aGk%3D', 'hi'],
  ['DATA:text/plain;charset=utf-8;BASE64,aGk=', 'hi'],
  ['data:;base64,a G\nk=', 'hi'],
  ['data:;base64,', ''],
  ['data:,', ''],
  ['data:,hi', 'hi'],
  ['data:text/plain,a%20b%2Cc,d', 'a b,c,d'],
  ['data:text/plain,ü%C3%BC', 'üü'],
])('%s holds `%s`', (url, text) => {
  expect(textOf(parse(url))).toBe(text)
})

test('base64 for URLs is read, too', () => {
  expect(parse('data:;base64,-_-_')).toEqual(parse('data:;base64,+/+/'))
})

test('percent-encoded bytes need be no text', () => {
  expect([...parse('data:image/png,%89PNG%00%ff')]).toEqual([0x89, 0x50, 0x4e, 0x47, 0, 0xff])
})

test.each([
  ['data:image/png;base64', 'no comma'],
  ['data:image/png;base64,@@@@', 'not base64'],
  ['data:image/png;base64,aGk*', 'not base64'],
  ['data:image/png;base64,aGkhA', 'not base64'],
  ['data:image/png;base64,%', 'not base64'],
  ['data:,100%', 'two hexadecimal digits'],
])('%s is refused: %s', async (url, reason) => {
  const error = await rejection((async () => parse(url))())
  expect(error.message).toContain(reason)
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
})

test('the limit is of decoded bytes: as many pass, one more does not', async () => {
  const url = `data:;base64,${Buffer.alloc(300).toString('base64')}`
  expect(parse(url, 300)).toHaveLength(300)
  for (const over of [() => parse(url, 299), () => parse('data:,%00%00%00', 2), () => parse('data:,üü', 3)])
    expect((await rejection((async () => over())())).code).toBe('MEDIA_TOO_LARGE')
  expect(parse('data:,%00%00%00', 3)).toHaveLength(3)
})

test('the bytes stand in memory of their own', () => {
  const bytes = parse('data:;base64,aGk=')
  expect(bytes.buffer.byteLength).toBe(2)
})
