import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenModel } from '../../../src/registry/models.ts'
import { parseDictionary, toAlphabet, toMmocrAlphabet } from '../../../src/vision/ctc/dictionary.ts'
import { findDictionary } from '../../../src/vision/ctc/find-dictionary.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

const model = (folder: string, metadata = {}) =>
  ({ file: join(folder, 'rec.onnx'), metadata }) as unknown as OpenModel
const parse = (text: string) => parseDictionary(text, 'the test').characters

describe('parseDictionary', () => {
  test('a last line that is a space stays, with and without a line end', () => {
    expect(parse('a\nb\n ')).toEqual(['a', 'b', ' '])
    expect(parse('a\nb\n \n')).toEqual(['a', 'b', ' '])
  })

  test('line ends of Windows and a byte order mark are no characters', () => {
    expect(parse('\uFEFFa\r\n\u3000\r\n \r\n')).toEqual(['a', '\u3000', ' '])
  })

  test('a line may hold more than one code unit', () => {
    expect(parse('𠮷\né\nab')).toEqual(['𠮷', 'é', 'ab'])
  })

  const english = sharedPath('models/text-recognition/en_dict.txt')
  test.skipIf(english === undefined)("PaddleOCR's en_dict.txt has 95 lines (needs shared/)", async () => {
    const characters = parse(await Bun.file(english ?? '').text())
    expect(characters).toHaveLength(95)
    expect(characters.at(-1)).toBe(' ')
  })
})

describe('toAlphabet', () => {
  const dictionary = parseDictionary('a\nb', '`dict.txt`')

  test('the blank comes first or last', () => {
    expect(toAlphabet(dictionary, 'first', 3)).toEqual([undefined, 'a', 'b'])
    expect(toAlphabet(dictionary, 'last', 3)).toEqual(['a', 'b', undefined])
  })

  test('one class more is the space that PaddleOCR appends', () => {
    expect(toAlphabet(dictionary, 'first', 4)).toEqual([undefined, 'a', 'b', ' '])
  })

  test.each([2, 5])('%d classes do not fit, and both numbers are told', (classes) => {
    expect(() => toAlphabet(dictionary, 'first', classes)).toThrow(
      `The dictionary of \`dict.txt\` has 2 characters, for a model of 3 classes, and the model has ${classes}.`,
    )
  })
})

describe('toMmocrAlphabet follows the order of MMOCR', () => {
  const dictionary = parseDictionary('a\nb', '`dict_file.txt`')

  test.each([
    [{}, ['a', 'b', undefined]],
    [{ with_unknown: true }, ['a', 'b', undefined, '<UKN>']],
    [{ with_unknown: true, ignore_chars: ['padding', 'unknown'] }, ['a', 'b', undefined, undefined]],
    [{ with_unknown: true, unknown_token: null }, ['a', 'b', undefined]],
    [
      {
        with_start: true,
        with_end: true,
        same_start_end: true,
        ignore_chars: ['padding', 'start', 'end'],
      },
      ['a', 'b', undefined, undefined],
    ],
    [{ with_start: true, with_end: true }, ['a', 'b', '<BOS>', '<EOS>', undefined]],
    [{ with_end: true, with_padding: false, ignore_chars: ['end'] }, ['a', 'b', undefined]],
  ])('%j', (options, expected) => {
    expect(toMmocrAlphabet(dictionary, options, expected.length)).toEqual(expected)
  })

  test('another number of classes is refused', () => {
    expect(() => toMmocrAlphabet(dictionary, { with_unknown: true }, 3)).toThrow(
      'has 2 characters, for a model of 4 classes, and the model has 3',
    )
  })
})

describe('findDictionary', () => {
  test('a path that is given comes first, then the metadata, then a file beside the model', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'other.txt'), 'given')
    const open = model(dir.path, { character: 'embedded' })
    expect((await findDictionary(open, join(dir.path, 'other.txt'))).characters).toEqual(['given'])
    expect((await findDictionary(open)).characters).toEqual(['embedded'])
    writeFileSync(join(dir.path, 'ppocr_keys_v1.txt'), 'beside')
    expect((await findDictionary(model(dir.path))).characters).toEqual(['beside'])
  })

  test("MMDeploy's dict_file.txt is taken before others; of two others none is", async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'en_dict.txt'), 'en')
    writeFileSync(join(dir.path, 'fr_dict.txt'), 'fr')
    await expect(findDictionary(model(dir.path))).rejects.toThrow(
      'several files beside it could be it: `en_dict.txt`, `fr_dict.txt`',
    )
    writeFileSync(join(dir.path, 'dict_file.txt'), 'mmocr')
    expect((await findDictionary(model(dir.path))).characters).toEqual(['mmocr'])
  })

  test('none at all, or one that cannot be read, is an error that says what to do', async () => {
    using dir = tempDir()
    await expect(findDictionary(model(dir.path))).rejects.toThrow(
      'Put the dictionary that it was trained with',
    )
    await expect(findDictionary(model(dir.path), join(dir.path, 'no.txt'))).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      message: expect.stringContaining('no.txt` cannot be read'),
    })
  })
})
