import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { LsmlError, toError } from '../errors.ts'
import { toIssues } from '../internal/zod-issues.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

/** @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL whose issues name each wrong field */
export async function loadManifest(path: string): Promise<Manifest> {
  const json = await readManifest(path)
  if (typeof json === 'object' && json !== null && 'engine' in json)
    throw new LsmlError(
      'INVALID_MODEL',
      `The manifest \`${path}\` is that of a model on a server, without a file.`,
    )
  return parseManifest(manifestSchema, json, path)
}

/** @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL when it is not JSON */
export async function readManifest(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new LsmlError(
      'MODEL_NOT_FOUND',
      `The manifest \`${path}\` cannot be read: ${toError(error).message}.`,
      { cause: error },
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LsmlError('INVALID_MODEL', `The manifest \`${path}\` is not JSON: ${toError(error).message}.`, {
      cause: error,
    })
  }
}

/** @throws LsmlError INVALID_MODEL whose issues name each wrong field */
export function parseManifest<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  path: string,
): z.output<Schema> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const { issues, list } = toIssues(parsed.error)
  throw new LsmlError('INVALID_MODEL', `The manifest \`${path}\` is not valid: ${list}.`, { issues })
}
