import { type ArgsDef, type CommandContext, defineCommand, runCommand } from 'citty'
import type { Flags, Lists } from './flags.ts'
import { readArguments } from './read-arguments.ts'

/** What the help says of a command. */
export interface CommandHelp {
  /** One line. */
  readonly about: string
  /** After `lsml`, such as `start <backend> [flags]`. */
  readonly synopsis: string
  /** Commands and what they do. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  /** What else a reader must know. */
  readonly notes?: readonly string[]
}

/** Commands of one thing, such as `lsml models list`. */
export interface CommandGroup extends CommandHelp {
  /** Loaded when they are asked for. */
  readonly commands: Readonly<Record<string, () => Promise<Command>>>
}

export interface Command extends CommandHelp {
  readonly flags: Flags
  /** @returns the exit code. @throws LsmlError; USAGE for a wrong command line */
  run(argv: readonly string[]): Promise<number>
}

export interface CommandSpec<Args extends ArgsDef & Flags> extends CommandHelp {
  readonly flags: Args
  run(args: CommandContext<Args>['args'], lists: Lists): Promise<number>
}

/** A command whose line is read strictly and then typed by citty. */
export function createCommand<const Args extends ArgsDef & Flags>(spec: CommandSpec<Args>): Command {
  return {
    ...spec,
    async run(argv) {
      const { rawArgs, lists } = readArguments(argv, spec.flags)
      const command = defineCommand<Args>({
        args: withoutLists(spec.flags),
        run: ({ args }) => spec.run(args, lists),
      })
      const { result } = await runCommand(command, { rawArgs })
      return Number(result)
    },
  }
}

/** Citty knows nothing of what repeats: it would miss it. */
function withoutLists<Args extends ArgsDef & Flags>(flags: Args): Args {
  return Object.fromEntries(Object.entries(flags).filter(([, { repeat }]) => repeat === undefined)) as Args
}
