import type { TrainingOptions } from '../server/create-training.ts'
import type { Flags } from './flags.ts'
import { STORAGE_FLAGS } from './storage.ts'
import { toBytes, toInteger, toMilliseconds } from './values.ts'

const LEARNING = { type: 'string', group: 'Learning' } as const

/** Flags of the commands that decide when to learn. */
export const POLICY_FLAGS = {
  'train-every': {
    ...LEARNING,
    valueHint: 'n',
    description:
      'Learn when so many annotations have come (default: as the backend says, mostly 1). Start Training learns at once',
  },
  'train-interval': {
    ...LEARNING,
    valueHint: 'seconds',
    description: 'Begin no sooner after the last training of the project (default: 0)',
  },
  'train-quiet': {
    ...LEARNING,
    valueHint: 'seconds',
    description: 'Wait until no annotation came for so long, and learn from all together (default: 0.5)',
  },
} as const satisfies Flags

/** Flags of the commands that train. */
export const TRAINING_FLAGS = {
  'training-concurrency': {
    ...LEARNING,
    valueHint: 'n',
    description:
      'Trainings at once, each in a process of its own; of one project always one (default: 1). 0 leaves them to `lsml train`',
  },
  'training-timeout': {
    ...LEARNING,
    valueHint: 'seconds',
    description: 'A training that takes longer is ended (default: none)',
  },
  'training-memory': {
    ...LEARNING,
    valueHint: 'size',
    description: 'A training process that takes more is ended; on Linux (default: no limit)',
  },
  'training-attempts': {
    ...LEARNING,
    valueHint: 'n',
    description: 'How often a training that fails or is interrupted is begun at most (default: 3)',
  },
  'keep-versions': {
    ...LEARNING,
    valueHint: 'n',
    description:
      'Remove older versions of a project; the one that serves and its parent stay (default: keep all)',
  },
  'keep-bytes': {
    ...LEARNING,
    valueHint: 'size',
    description: 'The same, by the size of their files',
  },
  ...STORAGE_FLAGS,
} as const satisfies Flags

export type TrainingArgs = {
  readonly [Name in keyof typeof POLICY_FLAGS | keyof typeof TRAINING_FLAGS]?: string | undefined
}

/** @throws LsmlError USAGE */
export function readTrainingOptions(args: TrainingArgs): TrainingOptions {
  const read = <T>(name: keyof TrainingArgs, parse: (flag: string, text: string) => T): T | undefined => {
    const text = args[name]
    return text === undefined ? undefined : parse(name, text)
  }
  const concurrency = read('training-concurrency', (flag, text) => toInteger(flag, text, [0, 64]))

  return {
    every: read('train-every', upTo(1_000_000)),
    intervalMs: read('train-interval', toDelay),
    quietMs: read('train-quiet', toDelay),
    ...(concurrency === 0 ? { isElsewhere: true } : { concurrency }),
    timeoutMs: read('training-timeout', toMilliseconds),
    maxMemory: read('training-memory', toBytes),
    maxAttempts: read('training-attempts', upTo(100)),
    keepVersions: read('keep-versions', upTo(1_000_000)),
    keepBytes: read('keep-bytes', toBytes),
  }
}

function upTo(most: number): (flag: string, text: string) => number {
  return (flag, text) => toInteger(flag, text, [1, most])
}

/** Seconds, which may be none, in milliseconds. */
function toDelay(flag: string, text: string): number {
  return /^0(\.0+)?s?$/.test(text) ? 0 : toMilliseconds(flag, text)
}
