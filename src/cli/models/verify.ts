import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LsmlError } from '../../errors.ts'
import type { KnownModel } from '../../registry/list-models.ts'
import { hashFile } from '../../registry/verify-file.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { columns } from './format.ts'
import { modelOf, openStore, STORE_FLAGS } from './store.ts'

const FLAGS = {
  name: {
    type: 'positional',
    required: false,
    repeat: 'values',
    description: 'of models; all when none is given',
  },
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const verify = createCommand({
  about: 'Reads the models of this machine again and compares them with their SHA-256.',
  synopsis: 'models verify [name …] [flags]',
  examples: [
    ['lsml models verify', 'All models, also those that ship'],
    ['lsml models verify text-detector', 'One of them'],
  ],
  notes: ['Ends with 1 when a file is missing or another one.'],
  flags: FLAGS,

  async run(args, lists) {
    const store = await openStore(args, process.env)
    const names = lists.name ?? []
    const models =
      names.length > 0
        ? names.map((name) => modelOf(store, name))
        : store.models.filter(({ state }) => state !== 'remote')
    const away = models.find(({ state }) => state === 'remote')
    if (away !== undefined)
      throw new LsmlError(
        'MODEL_NOT_FOUND',
        `The model \`${away.name}\` is not on this machine. Get it with \`lsml models pull ${away.name}\`.`,
      )
    const results = []
    for (const model of models) results.push({ ...model, problem: await problemOf(model) })
    const lines = columns(
      results.map(({ name, problem, state }) => [
        name,
        problem ?? (state === 'server' ? 'on a server' : 'ok'),
      ]),
    )
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
    else process.stderr.write('There is none.\n')
    return results.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
})

export async function problemOf({ local }: KnownModel): Promise<string | undefined> {
  if (local?.manifest === undefined) return local?.problem
  const { manifest, folder, record } = local
  const { file, sha256, bytes } = manifest
  const path = join(folder, file)
  if (!existsSync(path)) return `\`${path}\` is missing`
  const { size } = await stat(path)
  if (size !== bytes) return `\`${path}\` has ${size} bytes, expected are ${bytes}`
  for (const each of [{ file, sha256 }, ...(record?.files ?? [])]) {
    const beside = join(folder, each.file)
    if (!existsSync(beside)) return `\`${beside}\` is missing`
    const actual = await hashFile(beside)
    if (actual !== each.sha256) return `\`${beside}\` has SHA-256 ${actual}, expected is ${each.sha256}`
  }
  return undefined
}
