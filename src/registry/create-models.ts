import type { SessionPool } from '../onnx/pool.ts'
import { builtInModels, findModel } from './find-model.ts'
import type { Models } from './models.ts'
import { verifyFile } from './verify-file.ts'

export interface CreateModelsOptions {
  readonly pool: SessionPool
  /** Folders of models, looked through before the ones that ship. */
  readonly directories?: readonly string[] | undefined
}

/** Models of one project. */
export interface OwnedModels extends Models {
  /** Gives back all that was opened through it; idempotent. */
  close(): Promise<void>
}

/** Models by name or path, over sessions that all owners share. */
export function createModels(options: CreateModelsOptions): { forOwner(): OwnedModels } {
  const folders = [...(options.directories ?? []), builtInModels]
  return {
    forOwner() {
      const releases = new Set<() => Promise<void>>()
      let closed: Promise<void> | undefined
      return {
        async open(nameOrPath, { device } = {}) {
          const { name, file, manifest } = await findModel(nameOrPath, folders)
          if (manifest !== undefined) await verifyFile(file, manifest.sha256)
          const lease = await options.pool.acquire(file, { device, name })
          releases.add(lease.release)
          // Closed while it was opening: nobody else would give it back.
          if (closed !== undefined) await lease.release()
          return {
            session: lease.session,
            file,
            // One that leaves it to the model says nothing that a family could follow.
            manifest: manifest?.family === 'auto' ? undefined : manifest,
            metadata: lease.metadata,
            device: lease.device,
          }
        },
        close() {
          closed ??= Promise.all([...releases].map((release) => release())).then(() => undefined)
          return closed
        },
      }
    },
  }
}
