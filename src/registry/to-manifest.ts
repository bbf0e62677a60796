import type { CatalogueEntry } from './catalogue.ts'
import type { Manifest } from './manifest.ts'

/** What an entry of the catalogue becomes when its file is here. */
export function toManifest(
  entry: CatalogueEntry,
  file: Pick<Manifest, 'sha256' | 'bytes' | 'inputs' | 'outputs'>,
): Manifest {
  const { source, classes } = entry
  return {
    name: entry.name,
    version: entry.version,
    description: entry.description,
    task: entry.task,
    family: entry.family,
    file: entry.file,
    sha256: file.sha256,
    bytes: file.bytes,
    license: entry.license,
    url: entry.url,
    ...(source !== undefined && { source }),
    inputs: file.inputs,
    outputs: file.outputs,
    ...(classes !== undefined && { classes }),
    preprocess: entry.preprocess,
    postprocess: entry.postprocess,
    accuracy: entry.accuracy,
  }
}
