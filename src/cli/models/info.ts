import type { KnownModel } from '../../registry/list-models.ts'
import type { Manifest } from '../../registry/manifest.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { columns, formatBytes } from './format.ts'
import { CATALOGUE_FLAGS, modelOf, openStore, STORE_FLAGS } from './store.ts'

const FLAGS = {
  name: { type: 'positional', required: true, description: 'of a model that `lsml models list` has' },
  json: { type: 'boolean', description: 'Print it as JSON', group: 'Models' },
  ...CATALOGUE_FLAGS,
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const info = createCommand({
  about: 'Tells what is known of a model: what it does, how well, its licence, where it comes from.',
  synopsis: 'models info <name> [flags]',
  examples: [['lsml models info text-detector', 'The detector that ships']],
  flags: FLAGS,

  async run(args) {
    const model = modelOf(await openStore(args, process.env), args.name)
    const { name, state, about, file, local } = model
    if (args.json === true) {
      const problem = local?.problem
      process.stdout.write(`${JSON.stringify({ name, state, file, problem, ...about }, undefined, 2)}\n`)
      return 0
    }
    const head = about === undefined ? [name] : [name, about.description]
    process.stdout.write(`${[...head, '', ...columns(rowsOf(model)).map((row) => `  ${row}`)].join('\n')}\n`)
    return 0
  },
})

function rowsOf({ name, state, about, file, local, entry }: KnownModel): (readonly [string, string])[] {
  if (about === undefined) return [['State', 'broken'], ...row('Problem', local?.problem)]
  const { task, family, license, bytes, url, source, inputs, outputs, accuracy } = about
  return [
    ['Task', task],
    ['Family', family],
    ['State', state === 'remote' ? `not here: \`lsml models pull ${name}\`` : STATES[state]],
    ...row('File', file),
    ...row('Size', bytes === undefined ? undefined : formatBytes(bytes)),
    ['Licence', license],
    ...row('From', url),
    ...row('Source', source),
    ...row('SHA-256', about.sha256 ?? knownOfHash(state, entry)),
    ...tensorRows('Input', inputs),
    ...tensorRows('Output', outputs),
    ...accuracy.map(accuracyRow),
    ...(entry?.files ?? []).flatMap((beside) => row('Beside it', beside.file)),
    ...row('Caution', entry?.caution),
  ]
}

const STATES = { ships: 'ships with lsml', here: 'here', server: 'on a server', broken: 'broken' } as const

function row(title: string, value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[title, value]]
}

function knownOfHash(state: KnownModel['state'], entry: KnownModel['entry']): string | undefined {
  if (state !== 'remote') return undefined
  return entry?.sha256Prefix === undefined
    ? 'not known'
    : `begins with ${entry.sha256Prefix}; more is not known`
}

function accuracyRow({
  dataset,
  metric,
  value,
  note,
}: Manifest['accuracy'][number]): readonly [string, string] {
  return ['Accuracy', `${metric} ${value} on ${dataset}${note === undefined ? '' : ` (${note})`}`]
}

function tensorRows(title: string, tensors: Manifest['inputs'] = []): (readonly [string, string])[] {
  return tensors.map(({ name, type, shape }) => [
    title,
    `${name} ${type} ${shape === undefined ? 'of any shape' : `[${shape.join(', ')}]`}`,
  ])
}
