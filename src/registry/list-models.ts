import { join } from 'node:path'
import { type CatalogueEntry, isVerifiable } from './catalogue.ts'
import { builtInModels } from './find-model.ts'
import { type LocalModel, localModels } from './local-models.ts'
import type { Manifest, ModelFacts } from './manifest.ts'

/**
 * `ships` with lsml, is `here` in a folder of models, has its manifest there and is on a `server`, can be pulled
 * (`remote`), or is here and `broken`.
 */
export type ModelState = 'ships' | 'here' | 'server' | 'remote' | 'broken'

/** What manifests of all kinds may say. */
type ModelSummary = Omit<ModelFacts, 'inputs' | 'outputs'> & {
  readonly [Key in 'bytes' | 'sha256' | 'url' | 'inputs' | 'outputs']?: Manifest[Key] | undefined
}

/** A model that has a name, wherever it is. */
export interface KnownModel {
  readonly name: string
  readonly state: ModelState
  /** What the catalogue says of it. */
  readonly entry: CatalogueEntry | undefined
  /** Of a model that is here. */
  readonly local: LocalModel | undefined
  /** Undefined when it is broken. */
  readonly about: ModelSummary | undefined
  /** Path of the model file, or of the manifest when the model is on a server. */
  readonly file: string | undefined
  /** Whether what is here, or comes, can be told from what it should be. */
  readonly isVerifiable: boolean
}

/**
 * All models that have a name: those of a folder, those that ship, and those of the catalogue. The first of a name is
 * the one that is found.
 */
export async function listModels(
  folder: string,
  catalogue: readonly CatalogueEntry[],
): Promise<readonly KnownModel[]> {
  const entries = new Map(catalogue.map((entry) => [entry.name, entry]))
  const here = (await localModels(folder)).map((local) => fromLocal(local, 'here', entries.get(local.name)))
  const shipped = (await localModels(builtInModels)).map((local) => fromLocal(local, 'ships', undefined))
  const remote = catalogue.map((entry): KnownModel => {
    const state = 'remote' as const
    return {
      name: entry.name,
      state,
      entry,
      local: undefined,
      about: entry,
      file: undefined,
      isVerifiable: isVerifiable(entry),
    }
  })
  const known = new Map<string, KnownModel>()
  for (const model of [...here, ...shipped, ...remote])
    if (!known.has(model.name)) known.set(model.name, model)
  return [...known.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
}

function fromLocal(local: LocalModel, state: ModelState, entry: CatalogueEntry | undefined): KnownModel {
  const { name, folder, manifest, server, record, problem } = local
  return {
    name,
    state: problem === undefined ? (server === undefined ? state : 'server') : 'broken',
    entry,
    local,
    about: manifest ?? server,
    file: problem === undefined ? join(folder, manifest?.file ?? 'manifest.json') : undefined,
    isVerifiable: record?.by !== 'pull' || entry === undefined || isVerifiable(entry),
  }
}
