import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDiskCache } from '../../src/media/disk-cache.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { textOf } from './servers.ts'

const HASH_BYTES = 32
const bytesOf = (text: string) => new TextEncoder().encode(text)
const bytesIn = (directory: string) =>
  readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
const nameOf = (key: string) => `${createHash('sha256').update(key).digest('hex')}.media`
const fileOf = (directory: string, key: string) => join(directory, nameOf(key))

/** As if it had been used so many seconds ago. */
function age(path: string, seconds: number): void {
  const then = new Date(Date.now() - seconds * 1000)
  utimesSync(path, then, then)
}

test('what was put is found, also by another process', async () => {
  using dir = tempDir()
  const cache = createDiskCache({ directory: join(dir.path, 'new', 'folder'), maxBytes: 1000 })
  cache.put('a', bytesOf('one'))
  cache.put('empty', new Uint8Array())
  await cache.idle()
  const other = createDiskCache({ directory: join(dir.path, 'new', 'folder'), maxBytes: 1000 })
  expect(textOf((await other.get('a')) as Uint8Array)).toBe('one')
  expect(await other.get('empty')).toHaveLength(0)
  expect(await other.get('b')).toBeUndefined()
})

test('what is older than asked is not found, however often it is used', async () => {
  using dir = tempDir()
  const cache = createDiskCache({ directory: dir.path, maxBytes: 1000 })
  cache.put('a', bytesOf('one'))
  await cache.idle()
  age(fileOf(dir.path, 'a'), 60)
  expect(await cache.get('a')).toHaveLength(3)
  expect(await cache.get('a', 120_000)).toHaveLength(3)
  expect(await cache.get('a', 30_000)).toBeUndefined()
})

test('what is put again replaces the old', async () => {
  using dir = tempDir()
  const cache = createDiskCache({ directory: dir.path, maxBytes: 1000 })
  for (const text of ['old', 'new']) {
    cache.put('a', bytesOf(text))
    await cache.idle()
  }
  expect(textOf((await cache.get('a')) as Uint8Array)).toBe('new')
  expect(readdirSync(dir.path)).toHaveLength(1)
})

test.each([
  ['cut short', (path: string) => truncateSync(path, HASH_BYTES + 2)],
  ['cut within its hash', (path: string) => truncateSync(path, 5)],
  ['emptied', (path: string) => truncateSync(path, 0)],
  [
    'changed',
    (path: string) =>
      writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, -1), Buffer.from('!')])),
  ],
])('a file that was %s is never served, and removed', async (_what, damage) => {
  using dir = tempDir()
  const cache = createDiskCache({ directory: dir.path, maxBytes: 1000 })
  cache.put('a', bytesOf('whole'))
  await cache.idle()
  damage(fileOf(dir.path, 'a'))
  expect(await cache.get('a')).toBeUndefined()
  expect(readdirSync(dir.path)).toEqual([])
})

test('the folder never holds more than the limit; the least recently used files go first', async () => {
  using dir = tempDir()
  const file = HASH_BYTES + 100
  const cache = createDiskCache({ directory: dir.path, maxBytes: 3 * file })
  for (const key of ['a', 'b', 'c']) {
    cache.put(key, new Uint8Array(100))
    await cache.idle()
  }
  for (const [key, seconds] of [
    ['a', 30],
    ['b', 20],
    ['c', 10],
  ] as const)
    age(fileOf(dir.path, key), seconds)
  expect(await cache.get('a')).toBeDefined()
  cache.put('d', new Uint8Array(100))
  await cache.idle()
  expect(bytesIn(dir.path)).toBe(3 * file)
  expect(readdirSync(dir.path).toSorted()).toEqual(['a', 'c', 'd'].map(nameOf).toSorted())
})

test('what other processes wrote counts, too', async () => {
  using dir = tempDir()
  const [first, second] = [1, 2].map(() => createDiskCache({ directory: dir.path, maxBytes: 1000 }))
  for (let i = 0; i < 20; i++) {
    const cache = i % 2 === 0 ? first : second
    cache?.put(`key ${i}`, new Uint8Array(200))
    await cache?.idle()
    expect(bytesIn(dir.path)).toBeLessThanOrEqual(1000)
  }
})

test('what is larger than the limit is not kept and displaces nothing', async () => {
  using dir = tempDir()
  const cache = createDiskCache({ directory: dir.path, maxBytes: 200 })
  cache.put('a', bytesOf('small'))
  cache.put('b', new Uint8Array(200))
  await cache.idle()
  expect(readdirSync(dir.path)).toEqual([nameOf('a')])
})

test('writers of one key at once leave one whole file and nothing half-written', async () => {
  using dir = tempDir()
  const caches = [1, 2, 3].map(() => createDiskCache({ directory: dir.path, maxBytes: 2 ** 20 }))
  const contents = caches.map((_, i) => new Uint8Array(50_000).fill(i))
  for (const [i, cache] of caches.entries()) cache.put('a', contents[i] as Uint8Array)
  const seen = await Promise.all(Array.from({ length: 20 }, () => caches[0]?.get('a')))
  await Promise.all(caches.map((cache) => cache.idle()))
  for (const bytes of [...seen, await caches[0]?.get('a')])
    if (bytes !== undefined) expect(contents.some((content) => Buffer.from(content).equals(bytes))).toBeTrue()
  expect(await caches[0]?.get('a')).toBeDefined()
  expect(readdirSync(dir.path)).toHaveLength(1)
})

test('what a crashed writer left goes after an hour; the files of others stay', async () => {
  using dir = tempDir()
  const left = `${fileOf(dir.path, 'x')}.11111111-2222-3333-4444-555555555555.tmp`
  for (const path of [left, join(dir.path, 'notes.tmp'), join(dir.path, 'photo.media')])
    writeFileSync(path, 'half')
  const cache = createDiskCache({ directory: dir.path, maxBytes: 1000 })
  cache.put('a', bytesOf('a'))
  await cache.idle()
  expect(readdirSync(dir.path)).toHaveLength(4)
  for (const name of readdirSync(dir.path)) age(join(dir.path, name), 3700)
  const next = createDiskCache({ directory: dir.path, maxBytes: HASH_BYTES + 1 })
  next.put('b', bytesOf('b'))
  await next.idle()
  expect(readdirSync(dir.path).toSorted()).toEqual([nameOf('b'), 'notes.tmp', 'photo.media'].toSorted())
})

test('nobody else on the machine may read the files, and their names tell no key', async () => {
  using dir = tempDir()
  const directory = join(dir.path, 'cache')
  const cache = createDiskCache({ directory, maxBytes: 1000 })
  cache.put('secret token', bytesOf('a'))
  await cache.idle()
  const [name = ''] = readdirSync(directory)
  expect(name).toMatch(/^[\da-f]{64}\.media$/)
  expect(statSync(directory).mode & 0o077).toBe(0)
  expect(statSync(join(directory, name)).mode & 0o077).toBe(0)
})

test('a folder that cannot be written is told once per file and breaks nothing', async () => {
  using dir = tempDir()
  writeFileSync(join(dir.path, 'file'), '')
  const errors: Error[] = []
  const cache = createDiskCache({
    directory: join(dir.path, 'file'),
    maxBytes: 1000,
    onError: (error) => errors.push(error),
  })
  cache.put('a', bytesOf('a'))
  await cache.idle()
  expect(errors).toHaveLength(1)
  expect(await cache.get('a')).toBeUndefined()
})
