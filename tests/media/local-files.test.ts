import { expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMediaFactory } from '../../src/media/create-media.ts'
import type { MediaSettings } from '../../src/media/settings.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { rejection, startServer, textOf } from './servers.ts'

/** A folder with these files, each of which holds its own path. */
function folderWith(...paths: readonly string[]) {
  const dir = tempDir()
  for (const path of paths) {
    mkdirSync(join(dir.path, dirname(path)), { recursive: true })
    writeFileSync(join(dir.path, path), path)
  }
  return dir
}

function mediaOf(settings: MediaSettings, url?: string) {
  return createMediaFactory(settings).forProject({
    id: '12',
    ...(url !== undefined && { labelStudio: { url, token: 'a' } }),
  })
}

const fromStudio = () => startServer((_request, url) => new Response(`studio ${url.pathname}${url.search}`))

test.each([
  ['/data/local-files/?d=pages/a.png', 'pages/a.png'],
  ['/data/local-files?d=pages/a.png', 'pages/a.png'],
  ['/data/local-files/?d=pages%2Fa.png', 'pages/a.png'],
  ['/data/local-files/?d=/pages/a.png', 'pages/a.png'],
  ['/label-studio/data/local-files/?d=pages/a.png', 'pages/a.png'],
  ['/data/local-files/?d=one%20page%20%231.png', 'one page #1.png'],
  ['/data/local-files/?d=one+page+%231.png', 'one page #1.png'],
  ['/data/local-files/?d=one page #1.png', 'one page #1.png'],
  ['/data/local-files/?d=a%2Bb.png', 'a+b.png'],
  ['/data/local-files/?d=a+b.png', 'a+b.png'],
  ['/data/local-files/?d=100%25.png', '100%.png'],
  ['/data/local-files/?d=100%.png', '100%.png'],
  ['/data/local-files/?d=gr%C3%B6%C3%9Fe..png', 'größe..png'],
  ['/data/local-files/?d=x%26y.png&t=1', 'x&y.png'],
  ['/data/local-files/?d=x&y.png', 'x&y.png'],
])('%s is read from the document root', async (value, path) => {
  using root = folderWith('pages/a.png', 'one page #1.png', 'a+b.png', '100%.png', 'größe..png', 'x&y.png')
  using studio = fromStudio()
  expect(textOf(await mediaOf({ localFilesRoot: root.path }, studio.origin).bytes(value))).toBe(path)
  expect(textOf(await mediaOf({ localFilesRoot: root.path }).bytes(value))).toBe(path)
  expect(studio.seen).toEqual([])
})

test('a local file that is not here is asked of Label Studio', async () => {
  using root = folderWith('a.png')
  using studio = fromStudio()
  const media = mediaOf({ localFilesRoot: root.path }, studio.origin)
  expect(textOf(await media.bytes('/data/local-files/?d=b.png'))).toBe('studio /data/local-files/?d=b.png')
  const gone = mediaOf({ localFilesRoot: join(root.path, 'gone') }, studio.origin)
  expect(textOf(await gone.bytes('/data/local-files/?d=a.png'))).toBe('studio /data/local-files/?d=a.png')
})

test('a local file that is nowhere is an error that says where it was looked for', async () => {
  using root = folderWith('a.png')
  const error = await rejection(mediaOf({ localFilesRoot: root.path }).bytes('/data/local-files/?d=b.png'))
  expect(error.code).toBe('MEDIA_UNAVAILABLE')
  expect(error.message).toContain(`\`${root.path}/b.png\``)
})

/** Each of them would leave `root` for the file beside it, if it were followed or decoded once too often. */
test.each([
  '/data/local-files/?d=../secret.txt',
  '/data/local-files/?d=pages/../../secret.txt',
  '/data/local-files/?d=..%2fsecret.txt',
  '/data/local-files/?d=%2e%2e%2fsecret.txt',
  '/data/local-files/?d=%2e%2e/secret.txt',
  '/data/local-files/?d=%252e%252e%252fsecret.txt',
  '/data/local-files/?d=..%252fsecret.txt',
  '/data/local-files/?d=..%5csecret.txt',
  '/data/local-files/?d=..\\secret.txt',
  '/data/local-files/?d=pages%00/../../secret.txt',
  '/data/local-files/?d=a.png%00',
  '/data/local-files/?d=.%09./secret.txt',
  '/data/local-files/?d=C:/secret.txt',
  '/data/local-files/?d=/C:%5csecret.txt',
  '/data/local-files/?d=../root-beside/secret.txt',
  '/data/local-files/?d=x&d=../secret.txt',
  '/data/local-files/?d=x&d=y&d=..%2fsecret.txt',
  '/data/local-files/?x=1&d=../secret.txt',
  '/data/local-files/../local-files/?d=a.png',
])('%s would leave the document root and is refused, and Label Studio is not asked either', async (value) => {
  using dir = folderWith('secret.txt', 'root/a.png', 'root/pages/b.png', 'root-beside/secret.txt')
  using studio = fromStudio()
  const error = await rejection(
    mediaOf({ localFilesRoot: join(dir.path, 'root') }, studio.origin).bytes(value),
  )
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(studio.seen).toEqual([])
})

test('an absolute path is one below the root, as in Label Studio', async () => {
  using dir = folderWith('secret.txt', 'root/a.png')
  using studio = fromStudio()
  const media = mediaOf({ localFilesRoot: join(dir.path, 'root') }, studio.origin)
  const path = join(dir.path, 'secret.txt')
  expect(textOf(await media.bytes(`/data/local-files/?d=${path}`))).toBe(
    `studio /data/local-files/?d=${path}`,
  )
})

test('a symbolic link may lead within the root and not out of it', async () => {
  using dir = folderWith('secret.txt', 'root/a.png', 'root-beside/secret.txt')
  const root = join(dir.path, 'root')
  symlinkSync('a.png', join(root, 'inside.png'))
  symlinkSync('../secret.txt', join(root, 'file.png'))
  symlinkSync('..', join(root, 'folder'))
  symlinkSync('../root-beside', join(root, 'beside'))
  symlinkSync('loop.png', join(root, 'loop.png'))
  const media = mediaOf({ localFilesRoot: root })
  expect(textOf(await media.bytes('/data/local-files/?d=inside.png'))).toBe('root/a.png')
  for (const path of ['file.png', 'folder/secret.txt', 'beside/secret.txt', 'folder/root-beside/secret.txt'])
    expect((await rejection(media.bytes(`/data/local-files/?d=${path}`))).code).toBe('MEDIA_FORBIDDEN')
  expect((await rejection(media.bytes('/data/local-files/?d=loop.png'))).code).toBe('MEDIA_UNAVAILABLE')
})

test('the root itself may be a symbolic link', async () => {
  using dir = folderWith('real/a.png')
  symlinkSync('real', join(dir.path, 'root'))
  const media = mediaOf({ localFilesRoot: join(dir.path, 'root') })
  expect(textOf(await media.bytes('/data/local-files/?d=a.png'))).toBe('real/a.png')
})

test('a folder, the root and a named pipe are no files', async () => {
  using dir = folderWith('pages/a.png')
  expect(Bun.spawnSync(['mkfifo', join(dir.path, 'pipe')]).success).toBeTrue()
  const media = mediaOf({ localFilesRoot: dir.path })
  for (const path of ['pages', 'pages/', '.', '/', 'pipe', 'pages/a.png/b'])
    expect((await rejection(media.bytes(`/data/local-files/?d=${path}`))).code).toBe('MEDIA_UNAVAILABLE')
})

test('a file over the limit is refused before it is read', async () => {
  using dir = folderWith('pages/a.png')
  const error = await rejection(
    mediaOf({ localFilesRoot: dir.path, maxBytes: 10 }).bytes('/data/local-files/?d=pages/a.png'),
  )
  expect(error.code).toBe('MEDIA_TOO_LARGE')
  expect(error.message).toContain('`11` bytes')
})

test.each([
  ['/data/upload/12/a.png', '12/a.png'],
  ['upload/12/a.png', '12/a.png'],
  ['/label-studio/data/upload/12/a.png', '12/a.png'],
  ['/storage-data/uploaded/?filepath=upload/12/a.png', '12/a.png'],
  ['/storage-data/uploaded/?filepath=upload%2F12%2Fa.png&t=1', '12/a.png'],
  ['/data/upload/12/b.png', 'b.png'],
  ['/data/upload/b.png', 'b.png'],
  ['/data/upload/a.png', '12/a.png'],
  ['/data/upload/12/gr%C3%B6%C3%9Fe%201.png', '12/größe 1.png'],
  ['/data/upload/12/a%2Bb.png', '12/a%2Bb.png'],
])('%s is read from the folder of images, as the Python backend did', async (value, path) => {
  using dir = folderWith('12/a.png', '13/a.png', 'b.png', '12/größe 1.png', '12/a%2Bb.png')
  using studio = fromStudio()
  expect(textOf(await mediaOf({ imageDir: dir.path }, studio.origin).bytes(value))).toBe(path)
  expect(studio.seen).toEqual([])
})

test('an upload that is not in the folder of images is asked of Label Studio', async () => {
  using dir = folderWith('12/a.png')
  using studio = fromStudio()
  expect(textOf(await mediaOf({ imageDir: dir.path }, studio.origin).bytes('/data/upload/12/b.png'))).toBe(
    'studio /data/upload/12/b.png',
  )
})

test.each([
  '/data/upload/../secret.txt',
  '/data/upload/12/../../secret.txt',
  '/data/upload/%2e%2e/secret.txt',
  '/data/upload/12/%2e%2e%2fsecret.txt',
  '/data/upload/12/..%252fsecret.txt',
  '/data/upload/12/..%5csecret.txt',
  '/data/upload/12\\..\\..\\secret.txt',
  '/data/upload/.\t./secret.txt',
  '/data/upload/12/a.png%00.txt',
  'upload/../../secret.txt',
  '/data/upload/#/../../secret.txt',
  '/../data/upload/secret.txt',
  '/storage-data/uploaded/?filepath=upload/../secret.txt',
  '/storage-data/uploaded/?filepath=..%2fsecret.txt',
  '/storage-data/uploaded/?filepath=upload/a&filepath=../secret.txt',
])('%s would leave the uploads and is refused, here and in Label Studio', async (value) => {
  using dir = folderWith('secret.txt', 'images/12/a.png')
  using studio = fromStudio()
  const error = await rejection(mediaOf({ imageDir: join(dir.path, 'images') }, studio.origin).bytes(value))
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(studio.seen).toEqual([])
})
