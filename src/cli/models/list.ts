import type { KnownModel } from '../../registry/list-models.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { columns, formatBytes } from './format.ts'
import { CATALOGUE_FLAGS, openStore, STORE_FLAGS } from './store.ts'

const FLAGS = {
  text: {
    type: 'positional',
    required: false,
    description: 'only those whose name, task, family or description has it',
  },
  here: { type: 'boolean', description: 'Only those of this machine', group: 'Models' },
  json: { type: 'boolean', description: 'Print them as JSON', group: 'Models' },
  ...CATALOGUE_FLAGS,
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const list = createCommand({
  about: 'Lists the models that have a name: of this machine, and those that can be pulled.',
  synopsis: 'models list [text] [flags]',
  examples: [
    ['lsml models list', 'All of them'],
    ['lsml models list object-detection', 'Those of one task; a part of a name will do as well'],
    ['lsml models list --here --json', 'What is on this machine, for a script'],
  ],
  notes: [
    'States: ships (with lsml), here (in the model folder), server (its manifest is there), - (can be pulled), ' +
      'unverified (can be pulled with --allow-unverified: its publisher tells no SHA-256), broken (lsml models ' +
      'verify says why).',
  ],
  flags: FLAGS,

  async run(args) {
    const store = await openStore(args, process.env)
    const models = store.models
      .filter(({ state }) => args.here !== true || state !== 'remote')
      .filter((model) => args.text === undefined || matches(model, args.text))
    if (args.json === true) {
      process.stdout.write(`${JSON.stringify(models.map(toListJson), undefined, 2)}\n`)
      return 0
    }
    const rows = models.map((model) => [
      model.name,
      model.about?.task ?? '?',
      model.about?.bytes === undefined ? '?' : formatBytes(model.about.bytes),
      model.about?.license ?? '?',
      stateOf(model),
    ])
    if (rows.length === 0) process.stderr.write('There is none.\n')
    else
      process.stdout.write(`${columns([['name', 'task', 'size', 'licence', 'state'], ...rows]).join('\n')}\n`)
    return 0
  },
})

function matches({ name, about }: KnownModel, text: string): boolean {
  return [name, about?.task, about?.family, about?.description].some((part) =>
    part?.toLowerCase().includes(text.toLowerCase()),
  )
}

function stateOf({ state, isVerifiable }: KnownModel): string {
  if (state !== 'remote') return state
  return isVerifiable ? '-' : 'unverified'
}

/** What `--json` says of a model. */
function toListJson({ name, state, about, file, isVerifiable }: KnownModel) {
  const { task, family, license, bytes, sha256 } = about ?? {}
  return { name, state, task, family, license, bytes, sha256, verifiable: isVerifiable, file }
}
