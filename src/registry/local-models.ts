import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { toError } from '../errors.ts'
import { loadManifest } from './load-manifest.ts'
import { type Manifest, sha256Schema } from './manifest.ts'
import { loadRemoteManifest, type RemoteManifest } from './remote-manifest.ts'

const RECORD_NAME = 'installed.json'

const recordSchema = z.strictObject({
  by: z.enum(['pull', 'add']),
  /** Files beside the manifest and this record. */
  files: z.array(z.strictObject({ file: z.string().min(1), sha256: sha256Schema })),
})

/** What lsml has put into a model's folder, and so may check and remove. */
export type InstallRecord = z.infer<typeof recordSchema>

/** A model that lies in a folder of models. */
export interface LocalModel {
  /** Of its folder, by which it is found. */
  readonly name: string
  readonly folder: string
  /** Undefined when it cannot be used, or is on a server. */
  readonly manifest: Manifest | undefined
  /** Its manifest when it is on a server. */
  readonly server: RemoteManifest | undefined
  /** Why not. */
  readonly problem: string | undefined
  /** Undefined when a person put it there. */
  readonly record: InstallRecord | undefined
}

/** The models of a folder, by name; none when there is no such folder. */
export async function localModels(folder: string): Promise<readonly LocalModel[]> {
  if (!existsSync(folder)) return []
  const names = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'manifest.json')))
  return Promise.all(names.toSorted().map((name) => localModel(folder, name)))
}

export async function localModel(folder: string, name: string): Promise<LocalModel> {
  const home = join(folder, name)
  const path = join(home, 'manifest.json')
  const known = { name, folder: home, record: await readRecord(home) }
  try {
    const server = await loadRemoteManifest(path)
    const manifest = server === undefined ? await loadManifest(path) : undefined
    return { ...known, manifest, server, problem: undefined }
  } catch (error) {
    return { ...known, manifest: undefined, server: undefined, problem: toError(error).message }
  }
}

export function recordPath(home: string): string {
  return join(home, RECORD_NAME)
}

async function readRecord(home: string): Promise<InstallRecord | undefined> {
  const path = recordPath(home)
  if (!existsSync(path)) return undefined
  // A record that somebody changed says nothing: the files are then a person's.
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data
  } catch {
    return undefined
  }
}
