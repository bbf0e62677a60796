import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import type { Models } from '../../src/registry/models.ts'

/** Models on the CPU, closed at the end of the block: `await using opened = openModels()`. */
export function openModels(): AsyncDisposable & { readonly models: Models } {
  const pool = createSessionPool({ device: 'cpu' })
  return { models: createModels({ pool }).forOwner(), [Symbol.asyncDispose]: () => pool.close() }
}
