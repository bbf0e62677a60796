import { resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { type CatalogueEntry, readCatalogue } from '../../registry/catalogue.ts'
import { type KnownModel, listModels } from '../../registry/list-models.ts'
import { type Environment, modelFolder } from '../environment.ts'
import type { Flags } from '../flags.ts'
import { nearest } from '../../internal/nearest.ts'

/** Flags of all commands of `lsml models` that look at a folder of models. */
export const STORE_FLAGS = {
  'model-dir': {
    type: 'string',
    valueHint: 'folder',
    description: 'Where models are kept (default: lsml/models in your data folder)',
    group: 'Models',
    env: ['LSML_MODEL_DIR'],
  },
} as const satisfies Flags

export const CATALOGUE_FLAGS = {
  catalogue: {
    type: 'string',
    valueHint: 'file',
    description: 'A catalogue of your own, in place of the one that ships',
    group: 'Models',
  },
} as const satisfies Flags

export interface StoreArgs {
  readonly 'model-dir'?: string | undefined
  readonly catalogue?: string | undefined
}

/** Where models are kept, and all that have a name. */
export interface Store {
  readonly folder: string
  readonly catalogue: readonly CatalogueEntry[]
  readonly models: readonly KnownModel[]
}

/** @throws LsmlError INVALID_MODEL when the catalogue is not valid */
export async function openStore(args: StoreArgs, env: Environment): Promise<Store> {
  const folder = storeFolder(args, env)
  const catalogue = await readCatalogue(args.catalogue === undefined ? undefined : resolve(args.catalogue))
  return { folder, catalogue, models: await listModels(folder, catalogue) }
}

export function storeFolder(args: StoreArgs, env: Environment): string {
  const given = args['model-dir']
  return given === undefined ? modelFolder(env) : resolve(given)
}

/** @throws LsmlError USAGE with the name that was probably meant */
export function modelOf({ models }: Store, name: string): KnownModel {
  const model = models.find((each) => each.name === name)
  if (model !== undefined) return model
  throw unknownModel(name, models)
}

export function unknownModel(name: string, among: readonly { readonly name: string }[]): LsmlError {
  const near = nearest(
    name,
    among.map((each) => each.name),
  )
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return new LsmlError('USAGE', `There is no model \`${name}\`.${hint} \`lsml models list\` has them all.`)
}
