import { LsmlError } from '../../errors.ts'
import type { Alphabet } from './decode.ts'

/** The characters of a dictionary, and where they come from, for messages. */
export interface Dictionary {
  readonly characters: readonly string[]
  /** Such as the path of a file, or `metadata key character`. */
  readonly source: string
}

/**
 * One character a line. Nothing is trimmed, for a line may be a space; line ends of Windows and a byte order mark are
 * taken off, and what follows the last line end counts only when it is not empty.
 */
export function parseDictionary(text: string, source: string): Dictionary {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return { characters: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)), source }
}

/**
 * Class 0 writes nothing, or the last one, the others are the lines in order. PaddleOCR (`use_space_char`) appends a
 * space to its dictionaries; whether a model was trained so is seen from its number of classes.
 *
 * @throws LsmlError INVALID_MODEL that names both numbers
 */
export function toAlphabet(dictionary: Dictionary, blank: 'first' | 'last', classes: number): Alphabet {
  const { characters } = dictionary
  const spaces = classes === characters.length + 2 ? [' '] : []
  const written = [...characters, ...spaces]
  if (classes !== written.length + 1) throw sizeError(dictionary, classes, characters.length + 1)
  return blank === 'first' ? [undefined, ...written] : [...written, undefined]
}

/** Options of MMOCR's `Dictionary`, as the `params` of MMDeploy's `CTCConvertor` carry them. */
export interface MmocrDictionaryOptions {
  readonly with_start?: boolean | undefined
  readonly with_end?: boolean | undefined
  readonly same_start_end?: boolean | undefined
  readonly with_padding?: boolean | undefined
  readonly with_unknown?: boolean | undefined
  readonly unknown_token?: string | null | undefined
  /** Classes that write nothing, by role: padding (CTC's blank), start, end, unknown. */
  readonly ignore_chars?: readonly string[] | undefined
}

/**
 * MMOCR's order of classes: the lines, then start and end, then padding, then unknown
 * (`Dictionary._update_dict` of mmocr/models/common/dictionary/dictionary.py).
 *
 * @throws LsmlError INVALID_MODEL that names both numbers
 */
export function toMmocrAlphabet(
  dictionary: Dictionary,
  options: MmocrDictionaryOptions,
  classes: number,
): Alphabet {
  const ignored = new Set(options.ignore_chars ?? ['padding'])
  const special: (string | undefined)[] = []
  const add = (token: string, ...roles: string[]) =>
    special.push(roles.some((role) => ignored.has(role)) ? undefined : token)
  if (options.with_start && options.with_end && options.same_start_end) add('<BOS/EOS>', 'start', 'end')
  else {
    if (options.with_start) add('<BOS>', 'start')
    if (options.with_end) add('<EOS>', 'end')
  }
  if (options.with_padding ?? true) add('<PAD>', 'padding')
  if (options.with_unknown && options.unknown_token !== null) add(options.unknown_token ?? '<UKN>', 'unknown')
  const alphabet = [...dictionary.characters, ...special]
  if (alphabet.length !== classes) throw sizeError(dictionary, classes, alphabet.length)
  return alphabet
}

function sizeError({ source, characters }: Dictionary, classes: number, expected: number): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The dictionary of ${source} has ${characters.length} characters, for a model of ${expected} classes, and the model has ${classes}. Give the dictionary that it was trained with.`,
  )
}
