import { expect, test } from 'bun:test'
import { parseStudioUrl, toStudioUrl } from '../../src/studio/studio-url.ts'

test.each([
  ['http://localhost:8080', 'http://localhost:8080', ''],
  ['http://localhost:8080/', 'http://localhost:8080', ''],
  [' https://Host.example/label-studio/ ', 'https://host.example', '/label-studio'],
  ['https://host.example:443/a/b//?x=1#y', 'https://host.example', '/a/b'],
])('%s is an origin and a sub-path', (text, origin, path) => {
  expect(parseStudioUrl(text)).toEqual({ origin, path })
})

test.each([
  '',
  'localhost:8080',
  'label-studio',
  'ftp://host/',
  'file:///etc',
  'http://',
  'http://user:secret@host/',
])('`%s` is no address of a Label Studio', (text) => {
  expect(parseStudioUrl(text)).toBeUndefined()
})

test('a path goes behind the sub-path', () => {
  expect(toStudioUrl({ origin: 'https://h', path: '/ls' }, '/data/upload/1/a.png')).toBe(
    'https://h/ls/data/upload/1/a.png',
  )
})
