import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { inspectOnnx } from '../inspect.ts'
import { type ConvertedModel, convertModel } from './convert-model.ts'

export interface ConvertFileOptions {
  /** Write over what is there. @default false */
  readonly force?: boolean | undefined
}

/**
 * Converts an ONNX file into another, as `convertModel` does. Nothing is written when it fails, and never half a file.
 *
 * @param output may be the same file, with `force`; its folder is made when it is not there
 * @throws LsmlError USAGE, MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function convertFile(
  input: string,
  output: string,
  { force = false }: ConvertFileOptions = {},
): Promise<Omit<ConvertedModel, 'bytes'>> {
  checkOutput(output, force)
  const { externalData } = await inspectOnnx(input)
  const [external] = externalData
  if (external !== undefined && dirname(resolve(input)) !== dirname(resolve(output))) {
    throw new LsmlError(
      'USAGE',
      `The weights of \`${input}\` lie beside it, in \`${external}\`. Write the converted model into the same folder.`,
    )
  }
  const { bytes, ...rest } = convertModel(await readFile(input), input)
  await mkdir(dirname(resolve(output)), { recursive: true })
  await replaceFile(output, bytes)
  return rest
}

/** @throws LsmlError USAGE */
function checkOutput(output: string, force: boolean): void {
  if (!existsSync(output)) return
  if (statSync(output).isDirectory()) {
    throw new LsmlError('USAGE', `\`${output}\` is a folder. Give the name of the file to write.`)
  }
  if (!force) {
    throw new LsmlError(
      'USAGE',
      `\`${output}\` is there already. Give another name, or \`--force\` to overwrite it.`,
    )
  }
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, bytes, { flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
