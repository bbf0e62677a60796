import type { Command, CommandGroup, CommandHelp } from './command.ts'
import type { Flag, Flags } from './flags.ts'

/** The help of one command: how it is written, examples, its flags by group with defaults and variables. */
export function renderUsage({ about, synopsis, examples, notes = [], flags }: Command): string {
  const named = Object.entries(flags).filter(([, { type }]) => type !== 'positional')
  const groups = new Set(named.map(groupOf))
  return [
    about,
    section('Usage', [`lsml ${synopsis}`]),
    section('Arguments', table(wordsOf(flags))),
    section('Examples', exampleLines(examples)),
    ...[...groups].map((group) => {
      const own = named.filter((entry) => groupOf(entry) === group)
      return section(group, table(own.map(flagLine), FLAG_WIDTH))
    }),
    ...notes.map(paragraph),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** The help of a group: its commands, and how they are used. */
export async function renderGroupUsage(group: CommandGroup): Promise<string> {
  const { about, synopsis, examples, notes = [], commands } = group
  const loaded = await Promise.all(Object.values(commands).map((load) => load()))
  const [name = ''] = synopsis.split(' ')
  return [
    about,
    section('Usage', [`lsml ${synopsis}`]),
    section('Commands', table(loaded.map((command) => commandLine(command, `${name} `)))),
    section('Examples', exampleLines(examples)),
    section('Flags', table([[`${name} <command> --help`, 'All about one of them']])),
    ...notes.map(paragraph),
  ].join('\n\n')
}

/** How a command is written, without its flags, and what it does. */
export function commandLine({ synopsis, about }: CommandHelp, without = ''): readonly [string, string] {
  return [synopsis.replace(' [flags]', '').replace(without, ''), about]
}

/** Title and indented lines; empty without lines. */
export function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}

const WIDTH = 110
const INDENT = 2

const FLAG_WIDTH = 32

/**
 * Two columns; the second is broken into lines, and goes below the first where that is too long.
 *
 * @param left width of the first column. @default as wide as needed, up to 40
 */
export function table(
  rows: readonly (readonly [string, string])[],
  left = Math.min(40, Math.max(0, ...rows.map(([first]) => first.length))),
): string[] {
  return rows.flatMap(([first, second]) => {
    const lines = wrap(second, WIDTH - INDENT - left - 2)
    if (first.length > left) lines.unshift('')
    return lines.map((line, index) => `${(index === 0 ? first : '').padEnd(left)}  ${line}`.trimEnd())
  })
}

/** Its own line ends do not count. */
function paragraph(text: string): string {
  return wrap(text.replaceAll('\n', ' '), WIDTH).join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

function exampleLines(examples: CommandHelp['examples']): string[] {
  return examples.flatMap(([command, does]) => [command, `    ${does}`])
}

function wordsOf(flags: Flags): (readonly [string, string])[] {
  return Object.entries(flags)
    .filter(([, { type }]) => type === 'positional')
    .map(([name, { description = '', repeat }]) => [repeat === undefined ? name : `${name} …`, description])
}

function groupOf([, { group }]: readonly [string, Flag]): string {
  return group ?? 'Other'
}

function flagLine([name, flag]: readonly [string, Flag]): readonly [string, string] {
  const short = 'alias' in flag && typeof flag.alias === 'string' ? `-${flag.alias}, ` : '    '
  const value = flag.type === 'boolean' ? '' : ` <${flag.valueHint ?? name}>`
  const variables = flag.env === undefined ? '' : ` (env ${flag.env.join(' or ')})`
  const fallback = flag.default === undefined ? '' : ` (default: ${flag.default})`
  return [`${short}--${name}${value}`, `${flag.description ?? ''}${fallback}${variables}`]
}
