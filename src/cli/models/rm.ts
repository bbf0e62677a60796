import { removeModel } from '../../registry/remove-model.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { STORE_FLAGS, storeFolder } from './store.ts'

const FLAGS = {
  name: {
    type: 'positional',
    required: true,
    repeat: 'values',
    description: 'of models that were pulled or added',
  },
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const rm = createCommand({
  about: 'Removes models that were pulled or added, and what a pull left unfinished.',
  synopsis: 'models rm <name> … [flags]',
  examples: [['lsml models rm yolox-nano', 'Its folder, when nothing of yours is in it']],
  notes: ['Files that lsml did not put there stay, and so do the models that ship.'],
  flags: FLAGS,

  async run(args, lists) {
    const folder = storeFolder(args, process.env)
    for (const name of lists.name ?? []) {
      const left = await removeModel(folder, name)
      const rest = left.length === 0 ? '' : ` What is yours stays: ${left.join(', ')}.`
      process.stderr.write(`Removed ${name}.${rest}\n`)
    }
    return 0
  },
})
