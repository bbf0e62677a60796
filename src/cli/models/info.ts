import type { CatalogueEntry } from '../../registry/catalogue.ts'
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
  if (about === undefined)
    return [
      ['State', 'broken'],
      ['Problem', local?.problem ?? ''],
    ]
  const { bytes, source, accuracy, inputs, outputs } = about
  return [
    ['Task', about.task],
    ['Family', about.family],
    [
      'State',
      {
        ships: 'ships with lsml',
        here: 'here',
        remote: `not here: \`lsml models pull ${name}\``,
        broken: 'broken',
      }[state],
    ],
    ...row('File', file),
    ...row('Size', bytes === undefined ? undefined : formatBytes(bytes)),
    ['Licence', about.license],
    ...row('From', about.url),
    ...row('Source', source),
    ['SHA-256', sha256Of(about)],
    ...tensorRows('Input', inputs),
    ...tensorRows('Output', outputs),
    ...accuracy.map(
      ({ dataset, metric, value, note }) =>
        ['Accuracy', `${metric} ${value} on ${dataset}${note === undefined ? '' : ` (${note})`}`] as const,
    ),
    ...filesOf(about).map((beside) => ['Beside it', beside] as const),
    ...row('Caution', entry?.caution),
  ]
}

function row(title: string, value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[title, value]]
}

function sha256Of(about: Manifest | CatalogueEntry): string {
  if (about.sha256 !== undefined) return about.sha256
  const prefix = 'sha256Prefix' in about ? about.sha256Prefix : undefined
  return prefix === undefined ? 'not known' : `begins with ${prefix}; more is not known`
}

function tensorRows(title: string, tensors: Manifest['inputs'] = []): (readonly [string, string])[] {
  return tensors.map(({ name, type, shape }) => [
    title,
    `${name} ${type} ${shape === undefined ? 'of any shape' : `[${shape.join(', ')}]`}`,
  ])
}

function filesOf(about: Manifest | CatalogueEntry): string[] {
  return 'files' in about ? about.files.map(({ file }) => file) : []
}
