import type { DeclaredTensors } from '../onnx/kserve/open-remote-session.ts'
import type { SessionPool } from '../onnx/pool.ts'
import type { TensorInfo } from '../onnx/session.ts'
import { builtInModels } from './find-model.ts'
import type { ModelFacts } from './manifest.ts'
import type { Models } from './models.ts'
import { resolveModel } from './resolve-model.ts'
import { verifyFile } from './verify-file.ts'

export interface CreateModelsOptions {
  readonly pool: SessionPool
  /** Folders of models, looked through before the ones that ship. */
  readonly directories?: readonly string[] | undefined
  /** Origins of model servers that an address may name. @default any */
  readonly servers?: readonly string[] | undefined
}

/** Models of one project. */
export interface OwnedModels extends Models {
  /** Gives back all that was opened through it; idempotent. */
  close(): Promise<void>
}

/** Models by name or path, over sessions that all owners share. */
export function createModels(options: CreateModelsOptions): { forOwner(): OwnedModels } {
  const folders = [...(options.directories ?? []), builtInModels]
  const servers = options.servers && new Set(options.servers)
  return {
    forOwner() {
      const releases = new Set<() => Promise<void>>()
      let closed: Promise<void> | undefined
      return {
        async open(nameOrPath, { device } = {}) {
          const source = await resolveModel(nameOrPath, folders, servers)
          const { name, file, manifest } = source
          if (source.kind === 'file' && source.manifest !== undefined)
            await verifyFile(file, source.manifest.sha256)
          const lease =
            source.kind === 'file'
              ? await options.pool.acquire(file, { device, name })
              : await options.pool.acquire(source.address, { name, declared: declaredBy(source.manifest) })
          releases.add(lease.release)
          // Closed while it was opening: nobody else would give it back.
          if (closed !== undefined) await lease.release()
          return {
            name,
            session: lease.session,
            file,
            // One that leaves it to the model says nothing that a family could follow.
            manifest: manifest?.family === 'auto' ? undefined : manifest,
            classes: manifest?.classes,
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

/** What a manifest says of its tensors: one without a shape says nothing of the axes. */
function declaredBy(manifest: ModelFacts | undefined): DeclaredTensors | undefined {
  if (manifest === undefined) return undefined
  return { inputs: manifest.inputs.map(tensorInfo), outputs: manifest.outputs.map(tensorInfo) }
}

function tensorInfo({ name, type, shape }: ModelFacts['inputs'][number]): TensorInfo {
  return { name, type, shape }
}
