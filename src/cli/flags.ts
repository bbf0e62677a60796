import type { BooleanArgDef, PositionalArgDef, StringArgDef } from 'citty'

/** What citty knows of a flag or word, and what the strict reading and the help add to it. */
export type Flag = (BooleanArgDef | StringArgDef | PositionalArgDef) & {
  /** Heading of the help that it stands under. @default 'Other' */
  readonly group?: string
  /**
   * `values`: may be given several times. `pairs`: takes every `key=value` that follows, and may be given several times.
   * Neither is among citty's `args`; see `Lists`.
   */
  readonly repeat?: 'values' | 'pairs'
  /** Environment variables that stand in for it, the first of them first. */
  readonly env?: readonly string[]
  /** Left out of the help: an old name that still works. */
  readonly hiddenAlias?: readonly string[]
}

export type Flags = Readonly<Record<string, Flag>>

/** Values of the flags and words that repeat, by name, in the order in which they were given. */
export type Lists = Readonly<Record<string, readonly string[]>>

/** What a command runs. */
export const BACKEND_FLAG = {
  type: 'positional',
  required: true,
  description: 'a file, a folder with a backend.ts, or the name of an example that ships',
} as const satisfies Flag

/** Of what `lsml start` runs, for those who look after what it has learnt. */
export const STARTED_BACKEND_FLAG = {
  ...BACKEND_FLAG,
  description: 'as `lsml start` takes it: a file, a folder, or the name of an example',
} as const satisfies Flag

/** Flags of every command. */
export const COMMON_FLAGS = {
  help: { type: 'boolean', alias: 'h', description: 'Show this help', group: 'Other' },
  debug: {
    type: 'boolean',
    alias: 'd',
    description: 'Log everything, and show where an error comes from',
    group: 'Logs',
  },
} as const satisfies Flags

/** Flags of the commands that run a model. */
export const MODEL_FLAGS = {
  with: {
    type: 'string',
    valueHint: 'k=v …',
    description: 'Parameters of the backend, which its README lists',
    group: 'Model',
    repeat: 'pairs',
    hiddenAlias: ['kwargs'],
  },
  device: {
    type: 'string',
    valueHint: 'name',
    description:
      'auto, cpu, cuda, cuda:1, webgpu or tensorrt (default: auto, which is CUDA where it works); cuda:0,1 puts a worker on each',
    group: 'Model',
  },
  threads: {
    type: 'string',
    valueHint: 'n',
    description: 'Threads of one model (default: cores ÷ workers)',
    group: 'Model',
  },
  'model-dir': {
    type: 'string',
    valueHint: 'folder',
    description:
      'Look for models here first, then in LSML_MODEL_DIR or where `lsml models` keeps them; may be given several times',
    group: 'Model',
    repeat: 'values',
  },
  'model-memory': {
    type: 'string',
    valueHint: 'size',
    description: 'Models that nobody uses stay open up to this size (default: 1GB)',
    group: 'Model',
  },
  'model-server': {
    type: 'string',
    valueHint: 'url',
    description:
      'A server whose models projects may name, as kserve+http://…; those in --with always may. May be given several times',
    group: 'Model',
    repeat: 'values',
  },
  'max-batch': {
    type: 'string',
    valueHint: 'n',
    description: 'Join what several requests ask of a model at the same time, up to this many (default: 1)',
    group: 'Model',
  },
  'batch-delay': {
    type: 'string',
    valueHint: 'ms',
    description: 'How long a run waits for others to join it (default: 5)',
    group: 'Model',
  },
  'label-studio-url': {
    type: 'string',
    valueHint: 'url',
    description: 'Where uploaded files are fetched (default: what Label Studio says when it connects)',
    group: 'Files of the tasks',
    env: ['LABEL_STUDIO_URL'],
  },
  'image-dir': {
    type: 'string',
    valueHint: 'folder',
    description: 'Where uploaded files lie on this machine',
    group: 'Files of the tasks',
  },
  'allow-host': {
    type: 'string',
    valueHint: 'host',
    description: 'May be reached although its address is private; may be given several times',
    group: 'Files of the tasks',
    repeat: 'values',
  },
  'cache-dir': {
    type: 'string',
    valueHint: 'folder',
    description: 'Where downloads are kept (default: lsml in your cache folder)',
    group: 'Files of the tasks',
  },
  'max-file-size': {
    type: 'string',
    valueHint: 'size',
    description: 'Of one file that is fetched (default: 64MB)',
    group: 'Files of the tasks',
  },
  'max-megapixels': {
    type: 'string',
    valueHint: 'n',
    description: 'Width times height of one picture, in millions (default: 64)',
    group: 'Files of the tasks',
  },
  'log-level': {
    type: 'string',
    valueHint: 'level',
    description: 'silent, error, warn, info or debug (default: info)',
    group: 'Logs',
  },
} as const satisfies Flags
