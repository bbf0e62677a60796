import { expect, test } from 'bun:test'
import { readToken } from '../../src/studio/token.ts'
import { accessToken, jwt, personalToken } from './jwt.ts'

test('40 hexadecimal digits are a legacy token', () => {
  expect(readToken('0123456789abcdef0123456789abcdef01234567').kind).toBe('legacy')
})

test('a JWT is what its token_type says, and an access token without one', () => {
  expect(readToken(personalToken).kind).toBe('refresh')
  expect(readToken(accessToken(1)).kind).toBe('access')
  expect(readToken(jwt({ sub: 1 })).kind).toBe('access')
})

test('the lifetime is the difference of its times, whatever the clock here says', () => {
  expect(readToken(accessToken(1, 300)).lifetimeMs).toBe(300_000)
  expect(readToken(jwt({ exp: 5 })).lifetimeMs).toBeUndefined()
  expect(readToken(jwt({ exp: '5', iat: 1 })).lifetimeMs).toBeUndefined()
})

const part = (text: string) => Buffer.from(text).toString('base64url')

test.each([
  ['two parts', 'a.b'],
  ['four parts', `${personalToken}.x`],
  ['empty parts', '..'],
  ['parts that are no JSON', 'a.b.c'],
  ['a broken claim', `${part('{}')}.${part('{')}.x`],
  ['a number for a header', `${part('1')}.${part('{}')}.x`],
  ['padding, which a JWT has not', `${btoa('{"a":1}')}.${btoa('{"a":1}')}.x`],
])('%s make no JWT but a legacy token', (_what, token) => {
  expect(readToken(token).kind).toBe('legacy')
})
