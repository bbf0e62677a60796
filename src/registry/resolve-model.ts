import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LsmlError } from '../errors.ts'
import { isModelAddress, parseModelAddress } from '../onnx/kserve/address.ts'
import { findModel } from './find-model.ts'
import type { Manifest } from './manifest.ts'
import { loadRemoteManifest, type RemoteManifest } from './remote-manifest.ts'

/** A model in a file of this machine. */
export interface LocalSource {
  readonly kind: 'file'
  readonly name: string
  readonly file: string
  readonly manifest: Manifest | undefined
}

/** A model on a server. */
export interface RemoteSource {
  readonly kind: 'server'
  readonly name: string
  /** Path of the manifest, or the address when there is none. */
  readonly file: string
  readonly address: string
  readonly manifest: RemoteManifest | undefined
}

/**
 * Where a model is: on the server that its address or its manifest names, or in a file.
 *
 * @param servers origins of servers that an address may name; any when undefined. A manifest may name any: whoever
 * wrote it may write files of this machine
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL; INVALID_PARAMS for a server that is not among the servers
 */
export async function resolveModel(
  nameOrPath: string,
  folders: readonly string[],
  servers?: ReadonlySet<string>,
): Promise<LocalSource | RemoteSource> {
  if (isModelAddress(nameOrPath)) {
    const { model: name, text, origin } = parseModelAddress(nameOrPath)
    if (servers?.has(origin) === false) throw strangeServer(text, origin)
    return { kind: 'server', name, file: text, address: nameOrPath, manifest: undefined }
  }
  const path = manifestPath(nameOrPath, folders)
  const manifest = path === undefined ? undefined : await loadRemoteManifest(path)
  if (path === undefined || manifest === undefined)
    return { kind: 'file', ...(await findModel(nameOrPath, folders)) }
  return { kind: 'server', name: manifest.name, file: path, address: manifest.url, manifest }
}

/** The manifest of a name or a folder, when there is one. */
function manifestPath(nameOrPath: string, folders: readonly string[]): string | undefined {
  const isName = !/[\\/]/.test(nameOrPath)
  const places = [...(isName ? folders.map((folder) => join(folder, nameOrPath)) : []), resolve(nameOrPath)]
  return places.map((place) => join(place, 'manifest.json')).find((path) => existsSync(path))
}

/** Parameters come from projects too, whose members may not choose what this machine connects to. */
function strangeServer(address: string, origin: string): LsmlError {
  return new LsmlError(
    'INVALID_PARAMS',
    `The model \`${address}\` is on a server that was not named when lsml was started. Start it with \`--model-server ${origin}\`, or give the address there with \`--with\`.`,
  )
}
