import { LsmlError } from '../errors.ts'
import type { Flag, Flags, Lists } from './flags.ts'
import { nearest } from '../internal/nearest.ts'

export interface ReadArguments {
  /** For citty: every flag as `--name=value`, then `--`, then the words. */
  readonly rawArgs: string[]
  readonly lists: Lists
}

/**
 * Reads a command line strictly, which citty does not: it passes over flags that it does not know.
 * `-p 9091`, `-p9091`, `--port 9091` and `--port=9091` are the same. After `--` come words only.
 *
 * @throws LsmlError USAGE
 */
export function readArguments(argv: readonly string[], flags: Flags): ReadArguments {
  const rawArgs: string[] = []
  const lists: Record<string, string[]> = {}
  const words: string[] = []
  let at = 0
  while (at < argv.length) {
    const word = argv[at++] as string
    if (word === '--') {
      words.push(...argv.slice(at))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word)
      continue
    }
    const { name, flag, attached, spelled } = findFlag(word, flags)
    if (flag.type === 'boolean') {
      if (attached !== undefined) throw usage(`The flag \`${spelled}\` takes no value.`)
      rawArgs.push(`--${name}`)
      continue
    }
    const value = attached ?? argv[at++]
    if (value === undefined || (attached === undefined && value.startsWith('-') && value !== '-'))
      throw usage(`The flag \`${spelled}\` needs a value: \`${spelled} <${flag.valueHint ?? name}>\`.`)
    if (flag.repeat === undefined) {
      rawArgs.push(`--${name}=${value}`)
      continue
    }
    const values = (lists[name] ??= [])
    values.push(value)
    if (flag.repeat === 'pairs') {
      if (!isPair(value)) throw usage(`\`${spelled}\` takes \`key=value\` and got \`${value}\`.`)
      while (at < argv.length && isPair(argv[at] as string)) values.push(argv[at++] as string)
    }
  }
  return placeWords(words, flags, rawArgs, lists)
}

/** `key=value`; the value may be empty and may hold `=`. */
function isPair(word: string): boolean {
  return /^[A-Za-z_][\w.-]*=/.test(word)
}

interface FoundFlag {
  readonly name: string
  readonly flag: Flag
  readonly attached: string | undefined
  /** As the person wrote it, without the value. */
  readonly spelled: string
}

function findFlag(word: string, flags: Flags): FoundFlag {
  const isLong = word.startsWith('--')
  const equals = word.indexOf('=')
  const spelled = isLong ? word.slice(0, equals < 0 ? undefined : equals) : word.slice(0, 2)
  const rest = isLong ? (equals < 0 ? '' : word.slice(equals)) : word.slice(2)
  const written = spelled.slice(isLong ? 2 : 1)
  for (const [name, flag] of Object.entries(flags)) {
    if (
      flag.type !== 'positional' &&
      namesOf(name, flag).includes(written) &&
      isLong === written.length > 1
    ) {
      return { name, flag, attached: rest === '' ? undefined : rest.replace(/^=/, ''), spelled }
    }
  }
  throw usage(`There is no flag \`${isLong ? spelled : word}\`.${didYouMeanFlag(written, flags)}`)
}

function namesOf(name: string, flag: Flag): readonly string[] {
  const alias = 'alias' in flag ? [flag.alias ?? []].flat() : []
  return [name, ...alias, ...(flag.hiddenAlias ?? [])]
}

function placeWords(
  words: readonly string[],
  flags: Flags,
  rawArgs: string[],
  lists: Record<string, string[]>,
): ReadArguments {
  const places = Object.entries(flags).filter(([, { type }]) => type === 'positional')
  const rest = [...words]
  const placed: string[] = []
  for (const [name, place] of places) {
    const taken = rest.splice(0, place.repeat === undefined ? 1 : rest.length)
    if (taken.length === 0 && place.required !== false)
      throw usage(`The ${name} is missing: ${place.description ?? name}.`)
    if (place.repeat === undefined) placed.push(...taken)
    else lists[name] = taken
  }
  const [extra] = rest
  if (extra !== undefined) {
    const hint = isPair(extra) && 'with' in flags ? ` Did you mean \`--with ${extra}\`?` : ''
    throw usage(`The argument \`${extra}\` is one too many.${hint}`)
  }
  return { rawArgs: [...rawArgs, '--', ...placed], lists }
}

function didYouMeanFlag(written: string, flags: Flags): string {
  const names = Object.entries(flags)
    .filter(([, { type }]) => type !== 'positional')
    .map(([name]) => name)
  const near = nearest(written, names)
  return near === undefined ? '' : ` Did you mean \`--${near}\`?`
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
