import type { CatalogueEntry } from '../../src/registry/catalogue.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'

/** Answers what it is given. */
export const tinyModel = onnxModel({
  inputs: [{ name: 'x', shape: ['n', 3] }],
  outputs: [{ name: 'y', shape: ['n', 3] }],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
})

export function sha256(bytes: Uint8Array | string): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** A catalogue's entry of it, verified and permissive. */
export function tinyEntry(changes: Partial<CatalogueEntry> = {}): CatalogueEntry {
  return {
    name: 'tiny',
    version: '1',
    description: 'Answers what it is given.',
    task: 'other',
    family: 'auto',
    file: 'tiny.onnx',
    url: 'https://models.example/tiny.onnx?download=1',
    alternatives: [],
    sha256: sha256(tinyModel),
    bytes: tinyModel.length,
    license: 'MIT',
    files: [],
    preprocess: {},
    postprocess: {},
    accuracy: [],
    ...changes,
  }
}
