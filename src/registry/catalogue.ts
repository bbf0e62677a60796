import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { LsmlError, toError } from '../errors.ts'
import { toIssues } from '../internal/zod-issues.ts'
import { manifestSchema, sha256Schema } from './manifest.ts'

const { file, url, bytes, inputs, outputs } = manifestSchema.shape

const companionSchema = z.union([
  /** To be got like the model, such as a dictionary. */
  z.strictObject({ file, url: z.url(), sha256: sha256Schema.optional(), bytes: bytes.optional() }),
  /** To be written: a dictionary with one of these characters a line. */
  z.strictObject({ file, characters: z.string().min(1) }),
])

/**
 * A model of the web that lsml knows: a manifest without its file. What is not known before it is here may be left out,
 * and is then read from the file.
 */
const entrySchema = manifestSchema
  .omit({ $schema: true, sha256: true, bytes: true, url: true, inputs: true, outputs: true })
  .extend({
    url: url.unwrap(),
    /** Tried in turn when there is nothing at `url`. */
    alternatives: z.array(z.url()).default([]),
    sha256: sha256Schema.optional(),
    /** Of a model whose publisher tells no more; it does not make the model a verified one. */
    sha256Prefix: z
      .string()
      .regex(/^[0-9a-f]{6,63}$/, '6 to 63 hex digits')
      .optional(),
    bytes: bytes.optional(),
    /** What a person should know before it is got. */
    caution: z.string().optional(),
    /** What belongs beside it. */
    files: z.array(companionSchema).default([]),
    inputs: inputs.optional(),
    outputs: outputs.optional(),
  })

const catalogueSchema = z.strictObject({ models: z.array(entrySchema) })

export type CatalogueEntry = z.infer<typeof entrySchema>
export type Companion = CatalogueEntry['files'][number]

/** The catalogue that ships. */
export const builtInCatalogue = fileURLToPath(new URL('../../models/catalogue.json', import.meta.url))

/** @throws LsmlError INVALID_MODEL */
export async function readCatalogue(path: string = builtInCatalogue): Promise<readonly CatalogueEntry[]> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new LsmlError(
      'INVALID_MODEL',
      `The catalogue \`${path}\` cannot be read: ${toError(error).message}.`,
      {
        cause: error,
      },
    )
  }
  const parsed = catalogueSchema.safeParse(json)
  if (parsed.success) return parsed.data.models
  const { issues, list } = toIssues(parsed.error)
  throw new LsmlError('INVALID_MODEL', `The catalogue \`${path}\` is not valid: ${list}.`, { issues })
}

/** Whether what comes can be told from what should have come: by a full SHA-256 of every file. */
export function isVerifiable({ sha256, files }: CatalogueEntry): boolean {
  return sha256 !== undefined && files.every((each) => 'characters' in each || each.sha256 !== undefined)
}
