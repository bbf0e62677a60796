import { readFile } from 'node:fs/promises'
import { LsmlError, toError } from '../errors.ts'

/**
 * The content of a JSON file.
 *
 * @throws LsmlError USAGE that names the file, the line and the column
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readText(path)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const before = text.slice(0, errorOffset(text)).split('\n')
    const reason = toError(error).message.replace(/^JSON Parse error: /, '')
    throw new LsmlError(
      'USAGE',
      `\`${path}\` is no JSON at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${reason}.`,
      { cause: error },
    )
  }
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    throw new LsmlError('USAGE', `\`${path}\` cannot be read: ${toError(error).message}.`, { cause: error })
  }
}

const SPACE = /[ \t\n\r]*/y
const SCALAR =
  /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy
const KEY = /"(?:[^"\\]|\\.)*"[ \t\n\r]*:/sy

/** Where a text stops being JSON: Bun's parser says what it missed, and not where. */
export function errorOffset(text: string): number {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const [match] = pattern.exec(text) ?? []
    at += match?.length ?? 0
    return match !== undefined
  }
  const takeSign = (signs: string): string | undefined => {
    take(SPACE)
    const sign = text[at]
    if (sign === undefined || !signs.includes(sign)) return undefined
    at++
    return sign
  }
  const takeItems = (end: string, takeItem: () => boolean): boolean => {
    if (takeSign(end) !== undefined) return true
    for (;;) {
      if (!takeItem()) return false
      const sign = takeSign(`,${end}`)
      if (sign !== ',') return sign === end
    }
  }
  const takeMember = () => {
    take(SPACE)
    return take(KEY) && takeValue()
  }
  const takeValue = (): boolean => {
    const open = takeSign('[{')
    if (open === '{') return takeItems('}', takeMember)
    return open === '[' ? takeItems(']', takeValue) : take(SCALAR)
  }
  takeValue()
  take(SPACE)
  return at
}
