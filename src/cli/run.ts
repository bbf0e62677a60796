import { LsmlError, toError } from '../errors.ts'
import type { Command } from './command.ts'
import { nearest } from './nearest.ts'
import { renderUsage, section, table } from './usage.ts'
import { packageVersion } from './package.ts'

/** Loaded when it is asked for: each brings its own half of the library. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  predict: async () => (await import('./commands/predict.ts')).predict,
  init: async () => (await import('./commands/init.ts')).init,
}

/**
 * Runs one command line. Data goes to stdout, everything else to stderr.
 *
 * @param argv without the program's name
 * @returns the exit code: 0, 1 when it failed, 2 when the command line was wrong
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (thrown) {
    const error = toError(thrown)
    const code = error instanceof LsmlError ? error.code : 'INTERNAL'
    process.stderr.write(`${describe(error, argv)}\n`)
    if (code === 'USAGE')
      process.stderr.write(`See \`lsml ${[commandOf(argv), '--help'].filter(Boolean).join(' ')}\`.\n`)
    return code === 'USAGE' || code === 'INVALID_PARAMS' ? 2 : 1
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) {
    process.stderr.write(`${await overview()}\n`)
    return 2
  }
  if (name === 'help' || isHelp(name)) {
    process.stdout.write(`${await overview()}\n`)
    return 0
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${packageVersion()}\n`)
    return 0
  }
  const load = COMMANDS[name]
  if (load === undefined) throw unknownCommand(name)
  const command = await load()
  const end = rest.indexOf('--')
  if (rest.slice(0, end < 0 ? undefined : end).some(isHelp)) {
    process.stdout.write(`${renderUsage(command)}\n`)
    return 0
  }
  return command.run(rest)
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()))
  return [
    `lsml ${packageVersion()} makes machine learning models into backends for Label Studio.`,
    section('Usage', ['lsml <command> [flags]']),
    section(
      'Commands',
      table(commands.map(({ synopsis, about }) => [synopsis.replace(' [flags]', ''), about])),
    ),
    section('Examples', table(commands.flatMap(({ examples }) => examples.slice(0, 1)))),
    section(
      'Flags',
      table([
        ['<command> --help', 'All about one command'],
        ['--version, -v', 'The version of lsml'],
      ]),
    ),
  ].join('\n\n')
}

function unknownCommand(name: string): LsmlError {
  const names = Object.keys(COMMANDS)
  const near = nearest(name, names)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  const what = name.startsWith('-') ? 'flag before the command' : 'command'
  return new LsmlError('USAGE', `There is no ${what} \`${name}\`.${hint} Commands are: ${names.join(', ')}.`)
}

function commandOf(argv: readonly string[]): string {
  const [name = ''] = argv
  return Object.hasOwn(COMMANDS, name) ? name : ''
}

/** One readable line, its issues below where it does not tell them; with `--debug` also where it comes from. */
function describe(error: Error, argv: readonly string[]): string {
  const untold =
    error instanceof LsmlError ? error.issues.filter(({ message }) => !error.message.includes(message)) : []
  const issues = untold.map(({ path, message }) => `\n  ${path}: ${message}`)
  const wantsStack = argv.includes('--debug') || argv.includes('-d')
  return `lsml: ${error.message}${issues.join('')}${wantsStack ? `\n${stackOf(error)}` : ''}`
}

function stackOf(error: Error): string {
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(toError(error.cause))}`
  return `${error.stack ?? ''}${cause}`
}
