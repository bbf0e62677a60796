import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { LsmlError } from '../../src/index.ts'

export interface LabelsFile {
  /** For the detector: names, or the path of a file with one a line. */
  readonly classes: readonly string[] | string | undefined
  /** The label of a class by its name, which goes before the labeling config's. */
  readonly labels: Readonly<Record<string, string>>
}

const jsonSchema = z.union([z.array(z.string()).min(1), z.record(z.string(), z.string())])

/**
 * A text file names the classes, one a line. A JSON file has a list of them, or, as for the Python backend, the label of
 * each class.
 *
 * @throws LsmlError INVALID_PARAMS
 */
export async function readLabelsFile(path: string | undefined): Promise<LabelsFile> {
  if (path === undefined || !path.toLowerCase().endsWith('.json')) return { classes: path, labels: {} }
  try {
    const json = jsonSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    return Array.isArray(json) ? { classes: json, labels: {} } : { classes: undefined, labels: json }
  } catch (error) {
    throw new LsmlError(
      'INVALID_PARAMS',
      `The \`labels_file\` \`${path}\` cannot be used: ${error instanceof z.ZodError ? 'it is neither a list of classes nor an object with the label of each class' : String(error)}. Give such a JSON file, or a text file with one class a line.`,
      { cause: error },
    )
  }
}
