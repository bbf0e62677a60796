import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { DeviceKind } from './device.ts'

/** The CUDA and TensorRT parts of ONNX Runtime on Linux: not in the npm package, and loaded from beside its binding. */
export function providerLibrary(kind: DeviceKind): string | undefined {
  if (kind !== 'cuda' && kind !== 'tensorrt') return undefined
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(
    dirname(entry),
    '../bin/napi-v6',
    process.platform,
    process.arch,
    `libonnxruntime_providers_${kind}.so`,
  )
}

/**
 * Why the provider's library cannot be loaded, as far as the file system and `ldd` tell.
 *
 * @returns undefined when nothing is known to be wrong
 */
export async function missingLibrary(kind: DeviceKind): Promise<string | undefined> {
  if (kind !== 'cuda' && kind !== 'tensorrt') return undefined
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `ONNX Runtime for Node has ${kind} on Linux x64 only, and this is ${process.platform} ${process.arch}. Use \`cpu\` or \`webgpu\``
  }
  const library = providerLibrary(kind)
  if (library === undefined || !existsSync(library)) {
    return `\`libonnxruntime_providers_${kind}.so\` is not installed. Get it with \`ONNXRUNTIME_NODE_INSTALL=1 node node_modules/onnxruntime-node/script/install.js\``
  }
  const names = await unresolvedLibraries(library)
  if (names.length === 0) return undefined
  return `${names.map((name) => `\`${name}\``).join(', ')} not found. Install CUDA and cuDNN 9, and let LD_LIBRARY_PATH name their folder`
}

async function unresolvedLibraries(library: string): Promise<readonly string[]> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [library], { timeout: 10_000 })
    return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name ?? '')
  } catch {
    return [] // no ldd here: ONNX Runtime's own words must do
  }
}
