import { expect, test } from 'bun:test'
import { showUrl } from '../../src/media/show-url.ts'

test.each([
  ['https://host/a/b.png?X-Amz-Signature=secret#secret', 'https://host/a/b.png'],
  ['https://user:secret@host/a', 'https://host/a'],
  ['https://secret@host', 'https://host'],
  ['https://us@er:se@cret@host/a@b', 'https://host/a@b'],
  ['https:secret@host/a', 'https:host/a'],
  ['https:\\\\secret@host\\a', 'https:\\\\host\\a'],
  ['//secret@host/a', '//host/a'],
  ['s3://bucket/a@b.png?versionId=1', 's3://bucket/a@b.png'],
  ['/data/upload/1/a@b.png?token=secret', '/data/upload/1/a@b.png'],
  ['/data/local-files/?d=a/b.png&token=secret', '/data/local-files/?d=a/b.png'],
  ['/storage-data/uploaded/?filepath=upload/a.png&x=1', '/storage-data/uploaded/?filepath=upload/a.png'],
  ['/tasks/1/presign/?fileuri=czM6', '/tasks/1/presign/'],
  ['data:image/png;base64,iVBORw0KGgo', 'data:image/png;base64,…'],
  ['data:nothing', 'data:nothing,…'],
  ['a\nb', 'a b'],
])('%s is shown as %s', (value, shown) => {
  expect(showUrl(value)).toBe(shown)
})

test('a long value is cut', () => {
  expect(showUrl(`http://host/${'a'.repeat(1000)}`)).toHaveLength(200)
})
