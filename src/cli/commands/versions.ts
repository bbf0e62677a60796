import { LsmlError } from '../../errors.ts'
import { nearest } from '../../internal/nearest.ts'
import type { Retention } from '../../training/retention.ts'
import { createCommand } from '../command.ts'
import { findBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags, STARTED_BACKEND_FLAG } from '../flags.ts'
import { openStorage, readStorage, STORAGE_FLAGS } from '../storage.ts'
import { toBytes, toInteger } from '../values.ts'
import { ACTIONS, type Printed } from '../versions/actions.ts'

const FLAGS = {
  backend: STARTED_BACKEND_FLAG,
  action: {
    type: 'positional',
    required: false,
    description: 'list (default), show <version>, activate <version>, rollback or prune',
  },
  version: {
    type: 'positional',
    required: false,
    description: 'its id; `own` is the version of the backend itself, which has learnt nothing',
  },
  project: {
    type: 'string',
    valueHint: 'id',
    description: 'Of Label Studio; needed where several projects have versions',
    group: 'Versions',
  },
  'keep-versions': {
    type: 'string',
    valueHint: 'n',
    description: 'prune: leave so many of each project, the newest',
    group: 'Versions',
  },
  'keep-bytes': {
    type: 'string',
    valueHint: 'size',
    description: 'prune: leave so much of each project, the newest',
    group: 'Versions',
  },
  json: { type: 'boolean', description: 'Print as JSON', group: 'Versions' },
  ...STORAGE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** What trainings have made: looked at, switched, removed. */
export const versions = createCommand({
  about: 'Lists, activates, rolls back and removes the versions that a backend has learnt.',
  synopsis: 'versions <backend> [list|show|activate|rollback|prune] [flags]',
  examples: [
    [
      'lsml versions text-classifier',
      'All versions: which one serves, what each achieves, why one was held back',
    ],
    ['lsml versions text-classifier show 0.0.1+20261125T101500123 --json', 'All that is known of one'],
    [
      'lsml versions backend.ts activate 0.0.1+20261125T101500123 --project 12',
      'Lets it serve, also one that was held back',
    ],
    [
      'lsml versions backend.ts rollback --project 12',
      'Lets the one serve from which the present one was learnt',
    ],
    [
      'lsml versions backend.ts prune --keep-versions 5',
      'Removes the older ones; the one that serves and its parent stay',
    ],
  ],
  notes: ['All of this works while a server runs, which switches within 2 s, and while none does.'],
  flags: FLAGS,

  async run(args) {
    const { action: name = 'list', version, project, json = false } = args
    const action = Object.entries(ACTIONS).find(([known]) => known === name)?.[1]
    if (action === undefined) throw unknownAction(name)
    if (version !== undefined && name !== 'show' && name !== 'activate')
      throw new LsmlError('USAGE', `\`${name}\` takes no version, and got \`${version}\`.`)
    const storage = readStorage(args, process.env, findBackend(args.backend))
    // Looking must make no store where there is none.
    const { store, files } = await openStorage(storage, { isNew: false })
    try {
      print(
        await action({
          store,
          removeFiles: files.remove,
          project,
          version,
          json,
          retention: toRetention(args),
        }),
      )
    } finally {
      await store.close()
    }
    return 0
  },
})

function print({ data, said }: Printed): void {
  if (data !== undefined) process.stdout.write(`${data}\n`)
  if (said !== undefined && said !== '') process.stderr.write(`${said}\n`)
}

function toRetention(args: {
  readonly 'keep-versions'?: string | undefined
  readonly 'keep-bytes'?: string | undefined
}): Retention {
  const versions = args['keep-versions']
  const bytes = args['keep-bytes']
  return {
    ...(versions !== undefined && { keepVersions: toInteger('keep-versions', versions, [0, 1_000_000]) }),
    ...(bytes !== undefined && { keepBytes: toBytes('keep-bytes', bytes) }),
  }
}

function unknownAction(name: string): LsmlError {
  const near = nearest(name, Object.keys(ACTIONS))
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return new LsmlError(
    'USAGE',
    `\`lsml versions\` cannot \`${name}\`.${hint} It can: ${Object.keys(ACTIONS).join(', ')}.`,
  )
}
