import { expect, test } from 'bun:test'
import { OnceMap } from '../../src/internal/once.ts'

test('callers that come while a value is being opened join that opening', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const once = new OnceMap<string, string>()
  let openings = 0
  const open = () => {
    openings += 1
    return promise
  }
  const waiting = [once.get('a', open), once.get('a', open), once.get('a', open)]
  resolve('model')
  expect(await Promise.all(waiting)).toEqual(['model', 'model', 'model'])
  expect(await once.get('a', open)).toBe('model')
  expect(openings).toBe(1)
})

test('keys do not share a value', async () => {
  const once = new OnceMap<string, string>()
  expect(await once.get('a', () => 'A')).toBe('A')
  expect(await once.get('b', () => 'B')).toBe('B')
  expect([...once.keys()]).toEqual(['a', 'b'])
})

test('a failure is told to everyone who waited and then forgotten', async () => {
  const once = new OnceMap<string, string>()
  const { promise, reject } = Promise.withResolvers<string>()
  const [first, second] = [once.get('a', () => promise), once.get('a', () => 'not called')]
  reject(new Error('no such file'))
  await expect(first).rejects.toThrow('no such file')
  await expect(second).rejects.toThrow('no such file')
  expect(once.size).toBe(0)
  expect(await once.get('a', () => 'opened')).toBe('opened')
})

test('what the opener throws before its first await is a rejection like others', async () => {
  const once = new OnceMap<string, string>()
  const opening = once.get('a', () => {
    throw new Error('at once')
  })
  await expect(opening).rejects.toThrow('at once')
  expect(once.peek('a')).toBeUndefined()
})

test('a failure that comes late leaves what has taken its place', async () => {
  const once = new OnceMap<string, string>()
  const { promise, reject } = Promise.withResolvers<string>()
  const first = once.get('a', () => promise)
  expect(once.delete('a')).toBe(first)
  const second = once.get('a', () => 'new')
  reject(new Error('late'))
  await expect(first).rejects.toThrow('late')
  expect(once.peek('a')).toBe(second)
})

test('peek and delete of an unknown key open nothing', () => {
  const once = new OnceMap<string, string>()
  expect(once.peek('a')).toBeUndefined()
  expect(once.delete('a')).toBeUndefined()
  expect(once.size).toBe(0)
})
