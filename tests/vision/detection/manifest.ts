import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Describes the `end2end.onnx` of a folder. */
export function writeManifest(folder: string, model: Uint8Array, changed: object): void {
  const manifest = {
    name: 'mine',
    version: '1',
    description: 'A detector for a test',
    task: 'object-detection',
    file: 'end2end.onnx',
    sha256: createHash('sha256').update(model).digest('hex'),
    bytes: model.length,
    license: 'MIT',
    inputs: [{ name: 'input', type: 'float32', shape: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: 'dets', type: 'float32', shape: ['n', 'k', 5] }],
    ...changed,
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
}
