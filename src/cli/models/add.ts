import { addModel } from '../../registry/add-model.ts'
import { LsmlError } from '../../errors.ts'
import { manifestSchema } from '../../registry/manifest.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { nearest } from '../../internal/nearest.ts'
import { STORE_FLAGS, storeFolder } from './store.ts'

const TASKS = manifestSchema.shape.task.options

const FLAGS = {
  model: {
    type: 'positional',
    required: true,
    description: 'an ONNX file, or the folder that MMDeploy wrote (`end2end.onnx`)',
  },
  name: {
    type: 'string',
    valueHint: 'name',
    description: 'By which it is found then (needed)',
    group: 'Model',
  },
  family: {
    type: 'string',
    valueHint: 'name',
    description: 'How it is used (default: seen from the model when it is opened)',
    group: 'Model',
  },
  task: {
    type: 'string',
    valueHint: 'name',
    description: `${TASKS.join(', ')} (default: other)`,
    group: 'Model',
  },
  licence: {
    type: 'string',
    valueHint: 'id',
    description: 'SPDX identifier (default: unknown)',
    group: 'Model',
    hiddenAlias: ['license'],
  },
  about: { type: 'string', valueHint: 'text', description: 'What it does', group: 'Model' },
  beside: {
    type: 'string',
    valueHint: 'file',
    description: 'To be copied too, such as its dictionary; may be given several times',
    group: 'Model',
    repeat: 'values',
  },
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const add = createCommand({
  about: 'Copies a model of yours into the model folder and gives it a name.',
  synopsis: 'models add <file.onnx> --name <name> [flags]',
  examples: [
    [
      'lsml models add best.onnx --name our-boxes --task object-detection',
      'Then `--with checkpoint_file=our-boxes` finds it',
    ],
    [
      'lsml models add rec.onnx --name our-lines --beside keys.txt',
      'A recognizer of text and its characters',
    ],
    ['lsml models add exported/dbnet --name our-dbnet', 'What MMDeploy exported, with its pipeline.json'],
  ],
  notes: [
    'A manifest.json beside the file is taken over; flags go before it. Its inputs, outputs, size and SHA-256 are read from the file.',
  ],
  flags: FLAGS,

  async run(args, lists) {
    const { name, family, licence: license, about: description } = args
    if (name === undefined) throw new LsmlError('USAGE', 'The name is missing: `--name <name>`.')
    const task = args.task === undefined ? undefined : toTask(args.task)
    const options = { name, family, task, license, description, files: lists.beside }
    const { file, manifest } = await addModel(args.model, storeFolder(args, process.env), options)
    process.stdout.write(`${file}\n`)
    process.stderr.write(
      `Added ${name} (${manifest.task}, family ${manifest.family}): \`${name}\` can be given wherever a path of a model can.\n`,
    )
    return 0
  },
})

function toTask(text: string): (typeof TASKS)[number] {
  const task = TASKS.find((each) => each === text)
  if (task !== undefined) return task
  const near = nearest(text, TASKS)
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  throw new LsmlError('USAGE', `There is no task \`${text}\`.${hint} Known are: ${TASKS.join(', ')}.`)
}
