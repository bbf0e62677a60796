import { describe, expect, test } from 'bun:test'
import { readDataPath, taskValues } from '../../src/labeling/data-path.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'

function objectOf(attributes: string) {
  const [object] = parseLabelingConfig(`<View><Image name="i" ${attributes}/></View>`).objects
  if (object === undefined) throw new Error('The config has no object.')
  return object
}

describe('readDataPath', () => {
  const data = {
    image: 'a.png',
    'meta.page': 'literal',
    meta: { page: 'nested', empty: null },
    images: [{ url: 'p0.png' }, { url: 'p1.png', tags: ['x', ['y']] }],
    zero: 0,
  }

  test.each([
    ['image', 'a.png'],
    ['zero', 0],
    ['meta.empty', null],
    ['images[0].url', 'p0.png'],
    ['images[1].tags[0]', 'x'],
    ['images[1].tags[1][0]', 'y'],
    ['images.1.url', 'p1.png'],
    ['images[2].url', undefined],
    ['images[-1].url', undefined],
    ['images.length', undefined],
    ['image.length', undefined],
    ['nope', undefined],
    ['meta.nope.deeper', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%s is %p', (path, value) => {
    expect(readDataPath(data, path)).toEqual(value)
  })

  test('a key with dots in it goes before the path', () => {
    expect(readDataPath(data, 'meta.page')).toBe('literal')
    expect(readDataPath({ meta: { page: 'nested' } }, 'meta.page')).toBe('nested')
  })

  test('the one value of a task from plain text answers for any path', () => {
    expect(readDataPath({ $undefined$: 'hello' }, 'text')).toBe('hello')
    expect(readDataPath({ $undefined$: 'hello', text: 'own' }, 'text')).toBe('own')
  })
})

describe('taskValues', () => {
  test('a value is one entry without an index', () => {
    expect(taskValues({ data: { image: 'a.png' } }, objectOf('value="$image"'))).toEqual([
      { value: 'a.png', index: undefined },
    ])
  })

  test('a valueList is one entry a page', () => {
    const task = { data: { pages: ['a.png', 'b.png'] } }
    expect(taskValues(task, objectOf('valueList="$pages"'))).toEqual([
      { value: 'a.png', index: 0 },
      { value: 'b.png', index: 1 },
    ])
  })

  test('what is missing is told with the path and the keys that the task has', () => {
    const task = { id: 7, data: { img: 'a.png', 'x.y': 1 } }
    expect(() => taskValues(task, objectOf('value="$image"'))).toThrow(
      'Task 7 has nothing at `image` in its data; it has `img`, `x.y`.',
    )
    expect(() => taskValues({ data: {} }, objectOf('value="$image"'))).toThrow('it has no keys')
    expect(() => taskValues({ data: { image: null } }, objectOf('value="$image"'))).toThrow('has nothing')
  })

  test('a list without pages is an error, not an empty answer', () => {
    expect(() => taskValues({ id: 1, data: { pages: [] } }, objectOf('valueList="$pages"'))).toThrow(
      'Task 1 has an empty list at `pages`',
    )
  })
})
