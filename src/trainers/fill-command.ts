import { LsmlError } from '../errors.ts'

/** A program and its arguments; a group in brackets of its own is left out where something that it names is not there. */
export type TrainerCommand = readonly (string | readonly string[])[]

/**
 * The command with its placeholders filled in. Braces around other words, and without a word, stay as they are.
 *
 * @throws LsmlError INVALID_BACKEND for a command without a program, and where a value is not there and not in a group
 */
export function fillCommand(
  command: TrainerCommand,
  values: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] {
  const filled = command.flatMap((part) => {
    if (typeof part === 'string') return [fill(part, values)]
    return part.some((argument) => missingIn(argument, values) !== undefined)
      ? []
      : part.map((argument) => fill(argument, values))
  })
  const [program, ...others] = filled
  if (program === undefined || program === '')
    throw new LsmlError(
      'INVALID_BACKEND',
      'The `command` of `trainWith` is empty. Give a program and its arguments, such as `["python3", "train.py", "{train}"]`.',
    )
  return [program, ...others]
}

function fill(argument: string, values: Readonly<Record<string, string | undefined>>): string {
  const missing = missingIn(argument, values)
  if (missing !== undefined)
    throw new LsmlError(
      'INVALID_BACKEND',
      `The argument \`${argument}\` of \`trainWith\` needs \`{${missing}}\`, which there is not at the first training. Put it into a group that is left out then: \`["--from", "{${missing}}"]\`.`,
    )
  return argument.replaceAll(PLACEHOLDER, (whole, name: string) =>
    isKnown(name, values) ? (values[name] ?? whole) : whole,
  )
}

const PLACEHOLDER = /\{(\w+)\}/g

function missingIn(
  argument: string,
  values: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return [...argument.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .find((name) => isKnown(name, values) && values[name] === undefined)
}

function isKnown(name: string, values: object): boolean {
  return Object.hasOwn(values, name)
}
