import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LsmlError } from '../errors.ts'
import { toIssues } from '../internal/zod-issues.ts'
import { inspectOnnx } from '../onnx/inspect.ts'
import type { TensorInfo } from '../onnx/session.ts'
import { type InstallRecord, type LocalModel, recordPath } from './local-models.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

/** What a manifest says of the tensors, read from the file. @throws LsmlError INVALID_MODEL */
export async function tensorsOf(file: string): Promise<Pick<Manifest, 'inputs' | 'outputs'>> {
  const { inputs, outputs } = await inspectOnnx(file)
  return { inputs: inputs.map(describe), outputs: outputs.map(describe) }
}

/**
 * Writes the manifest, after which the model can be found, and what was put beside it. Either file is the old or the new
 * one, whenever this is cut short.
 *
 * @throws LsmlError INVALID_MODEL when the manifest would not be valid
 */
export async function writeInstalled(home: string, manifest: Manifest, record: InstallRecord): Promise<void> {
  const parsed = manifestSchema.safeParse(manifest)
  if (!parsed.success)
    throw new LsmlError(
      'INVALID_MODEL',
      `No manifest can be written for \`${manifest.name}\`: ${toIssues(parsed.error).list}.`,
    )
  await replaceFile(recordPath(home), toJson(record))
  await replaceFile(join(home, 'manifest.json'), toJson(parsed.data))
}

/** @throws LsmlError USAGE when the folder holds a model that did not come in this way */
export function checkMayReplace(model: LocalModel, by: InstallRecord['by'], advice: string): void {
  if (model.record?.by === by) return
  const origin =
    model.record === undefined
      ? 'was not put there by lsml'
      : `was put there by \`lsml models ${model.record.by}\``
  throw new LsmlError('USAGE', `\`${model.folder}\` holds a model that ${origin}. ${advice}`)
}

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`
  await writeFile(fresh, text)
  await rename(fresh, path)
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function describe({ name, type, shape }: TensorInfo): Manifest['inputs'][number] {
  return { name, type, ...(shape !== undefined && { shape: shape.map((axis) => axis ?? '?') }) }
}
