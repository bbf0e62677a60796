import { LsmlError } from '../../errors.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { CATALOGUE_FLAGS, modelOf, openStore, STORE_FLAGS, storeFolder } from './store.ts'

const FLAGS = {
  name: { type: 'positional', required: false, description: 'of a model; without it the folder is printed' },
  json: { type: 'boolean', description: 'Print it as JSON', group: 'Models' },
  ...CATALOGUE_FLAGS,
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const where = createCommand({
  about: 'Prints where models are kept, or where one of them lies.',
  synopsis: 'models where [name] [flags]',
  examples: [
    ['lsml models where', 'The folder into which models are pulled'],
    ['lsml models where text-detector', 'The path of its ONNX file'],
  ],
  flags: FLAGS,

  async run(args) {
    const { name } = args
    const path = name === undefined ? storeFolder(args, process.env) : await pathOf(name)
    const json = name === undefined ? { folder: path } : { name, file: path }
    process.stdout.write(`${args.json === true ? JSON.stringify(json) : path}\n`)
    return 0

    async function pathOf(wanted: string): Promise<string> {
      const { file, local } = modelOf(await openStore(args, process.env), wanted)
      if (file !== undefined) return file
      throw new LsmlError(
        'MODEL_NOT_FOUND',
        local?.problem ??
          `The model \`${wanted}\` is not on this machine. Get it with \`lsml models pull ${wanted}\`.`,
      )
    }
  },
})
