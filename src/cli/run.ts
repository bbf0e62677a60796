import { LsmlError, toError } from '../errors.ts'
import type { Command, CommandGroup } from './command.ts'
import { nearest } from '../internal/nearest.ts'
import { packageVersion } from './package.ts'
import { commandLine, renderGroupUsage, renderUsage, section, table } from './usage.ts'

/** Loaded when it is asked for: each brings its own half of the library. */
const COMMANDS: Readonly<Record<string, () => Promise<Command | CommandGroup>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  train: async () => (await import('./commands/train.ts')).train,
  predict: async () => (await import('./commands/predict.ts')).predict,
  init: async () => (await import('./commands/init.ts')).init,
  models: async () => (await import('./commands/models.ts')).models,
  connect: async () => (await import('./commands/connect.ts')).connect,
  versions: async () => (await import('./commands/versions.ts')).versions,
  jobs: async () => (await import('./commands/jobs.ts')).jobs,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  annotate: async () => (await import('./commands/annotate.ts')).annotate,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluate,
  export: async () => (await import('./commands/export.ts')).exportDataset,
}

/**
 * Runs one command line. Data goes to stdout, everything else to stderr.
 *
 * @param argv without the program's name
 * @returns the exit code: 0, 1 when it failed, 2 when the command line was wrong
 */
export async function run(argv: readonly string[]): Promise<number> {
  // Of the command, as far as it was found.
  const path: string[] = []
  try {
    return await dispatch(argv, path)
  } catch (thrown) {
    const error = toError(thrown)
    const code = error instanceof LsmlError ? error.code : 'INTERNAL'
    process.stderr.write(`${describe(error, argv)}\n`)
    if (code === 'USAGE') process.stderr.write(`See \`lsml ${[...path, '--help'].join(' ')}\`.\n`)
    return code === 'USAGE' || code === 'INVALID_PARAMS' ? 2 : 1
  }
}

async function dispatch(argv: readonly string[], path: string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) return showAll(process.stderr, await overview(), 2)
  if (name === 'help' || isHelp(name)) return showAll(process.stdout, await overview(), 0)
  if (name === '--version' || name === '-v') return showAll(process.stdout, packageVersion(), 0)
  const command = await find(name, COMMANDS, path)
  return 'commands' in command ? dispatchIn(command, rest, path) : runCommand(command, rest)
}

async function dispatchIn(group: CommandGroup, argv: readonly string[], path: string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) return showAll(process.stderr, await renderGroupUsage(group), 2)
  if (isHelp(name)) return showAll(process.stdout, await renderGroupUsage(group), 0)
  return runCommand(await find(name, group.commands, path), rest)
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const end = argv.indexOf('--')
  if (argv.slice(0, end < 0 ? undefined : end).some(isHelp))
    return showAll(process.stdout, renderUsage(command), 0)
  return command.run(argv)
}

function showAll(stream: NodeJS.WriteStream, text: string, code: number): number {
  stream.write(`${text}\n`)
  return code
}

/** @throws LsmlError USAGE */
async function find<Found>(
  name: string,
  commands: Readonly<Record<string, () => Promise<Found>>>,
  path: string[],
): Promise<Found> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw unknownCommand(name, Object.keys(commands), path)
  path.push(name)
  return load()
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h'
}

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()))
  return [
    `lsml ${packageVersion()} makes machine learning models into backends for Label Studio.`,
    section('Usage', ['lsml <command> [flags]']),
    section('Commands', table(commands.map((command) => commandLine(command)))),
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

function unknownCommand(name: string, names: readonly string[], path: readonly string[]): LsmlError {
  const near = nearest(name, names)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  const what = name.startsWith('-') ? 'flag before the command' : 'command'
  const place = path.length === 0 ? '' : ` of \`lsml ${path.join(' ')}\``
  return new LsmlError(
    'USAGE',
    `There is no ${what} \`${name}\`${place}.${hint} Commands are: ${names.join(', ')}.`,
  )
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
