import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { FitContext } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import { hashFile, verifyFile } from '../registry/verify-file.ts'

const modelSchema = z.object({
  /** Within the files of the version. */
  file: z.string(),
  /** 64 hex digits. */
  sha256: z.string(),
  bytes: z.number(),
})

/** The ONNX file that a trainer left. */
export type TrainedModel = z.output<typeof modelSchema>

/**
 * The path of the model that `trainWith` made for this version.
 *
 * @param version the context of `setup`
 * @returns undefined before the first training, and for a version that was made otherwise
 * @throws LsmlError INVALID_MODEL for another file than the one that was checked, MODEL_NOT_FOUND when it is gone
 */
export async function findTrainedModel({
  trainOutput,
  files,
}: {
  readonly trainOutput: unknown
  readonly files: string | undefined
}): Promise<string | undefined> {
  const parsed = z.object({ model: modelSchema }).safeParse(trainOutput)
  if (!parsed.success || files === undefined) return undefined
  const { file, sha256 } = parsed.data.model
  const path = join(files, file)
  if (!existsSync(path))
    throw new LsmlError(
      'MODEL_NOT_FOUND',
      `The model of this version is gone: there is no \`${path}\`. Bring the folder back, or activate another version with \`lsml versions\`.`,
    )
  await verifyFile(path, sha256)
  return path
}

/**
 * Opens what a trainer left, so that nothing is activated that cannot be opened.
 *
 * @throws LsmlError INVALID_MODEL
 */
export async function checkModel(
  { workDir, models }: Pick<FitContext<unknown>, 'workDir' | 'models'>,
  file: string,
): Promise<TrainedModel> {
  const path = join(workDir, file)
  if (!existsSync(path))
    throw new LsmlError(
      'INVALID_MODEL',
      `The trainer ended well and left no \`${file}\` in \`${workDir}\`. Let it write its ONNX file to \`{model}\`, or name the file that it writes with \`model\`.`,
    )
  await models.open(path)
  return { file, sha256: await hashFile(path), bytes: (await stat(path)).size }
}
