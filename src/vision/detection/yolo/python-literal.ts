/** What a Python literal holds: dictionaries have their keys as text. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue }

/** Nested deeper, it is nothing that an exporter wrote. */
const MAX_DEPTH = 16

const SPACE = /\s*/y
const NUMBER = /[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?/y
const WORD = /True|False|None|true|false|null/y
const WORDS: Readonly<Record<string, PythonValue>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
}
/** One piece of a string: a character as it is, or an escape. */
const PIECE = /[^\\]|\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[^])/uy
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '/': '/',
}

/**
 * Reads a literal as Python's `str` writes it, such as the class names that exporters leave in a model's metadata:
 * `{0: 'person', 1: "it's"}`. JSON is read too. Nothing is evaluated.
 *
 * @returns undefined for what is no such literal
 */
export function parsePythonLiteral(text: string): PythonValue | undefined {
  const reader = new Reader(text)
  try {
    const value = reader.value(0)
    return reader.isAtEnd() ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  isAtEnd(): boolean {
    this.#match(SPACE)
    return this.#at === this.#text.length
  }

  value(depth: number): PythonValue {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deep')
    this.#match(SPACE)
    const next = this.#text[this.#at]
    if (next === '{') return this.#dictionary(depth)
    if (next === '[') return this.#list(']', depth)
    if (next === '(') return this.#list(')', depth)
    if (next === "'" || next === '"') return this.#string(next)
    const word = this.#match(WORD)
    if (word !== undefined) return WORDS[word[0]] as PythonValue
    const number = this.#match(NUMBER)
    if (number !== undefined) return Number(number[0].replaceAll('_', ''))
    throw new SyntaxError(`no literal at ${this.#at}`)
  }

  #list(end: ']' | ')', depth: number): PythonValue[] {
    const items: PythonValue[] = []
    this.#items(end, () => items.push(this.value(depth + 1)))
    return items
  }

  #dictionary(depth: number): PythonValue {
    const entries: [string, PythonValue][] = []
    this.#items('}', () => {
      const key = this.value(depth + 1)
      if (typeof key === 'object') throw new SyntaxError('no key')
      this.#expect(':')
      entries.push([String(key), this.value(depth + 1)])
    })
    return Object.fromEntries(entries)
  }

  /** What lies between here and the end, with commas between and maybe one after. */
  #items(end: string, read: () => void): void {
    this.#at++
    while (!this.#skip(end)) {
      read()
      if (this.#skip(end)) return
      this.#expect(',')
    }
  }

  #string(quote: string): string {
    this.#at++
    let out = ''
    while (this.#text[this.#at] !== quote) {
      const piece = this.#match(PIECE)
      if (piece === undefined) throw new SyntaxError('a string without an end')
      out += textOf(piece)
    }
    this.#at++
    return out
  }

  #skip(character: string): boolean {
    this.#match(SPACE)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw new SyntaxError(`no ${character} at ${this.#at}`)
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text) ?? undefined
    if (found !== undefined) this.#at = pattern.lastIndex
    return found
  }
}

function textOf([all, ...hex]: RegExpExecArray): string {
  if (all[0] !== '\\') return all
  const digits = hex.find((group) => group !== undefined)
  if (digits === undefined) return ESCAPES[all.slice(1)] ?? all
  const code = Number.parseInt(digits, 16)
  if (code > 0x10ffff) throw new SyntaxError('no character')
  return String.fromCodePoint(code)
}
