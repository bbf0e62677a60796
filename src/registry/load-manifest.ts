import { readFile } from 'node:fs/promises'
import { LsmlError, toError } from '../errors.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

/** @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL whose issues name each wrong field */
export async function loadManifest(path: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new LsmlError(
      'MODEL_NOT_FOUND',
      `The manifest \`${path}\` cannot be read: ${toError(error).message}.`,
      {
        cause: error,
      },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new LsmlError('INVALID_MODEL', `The manifest \`${path}\` is not JSON: ${toError(error).message}.`, {
      cause: error,
    })
  }
  const parsed = manifestSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const list = issues.map((issue) => `\`${issue.path}\`: ${issue.message}`).join('; ')
  throw new LsmlError('INVALID_MODEL', `The manifest \`${path}\` is not valid: ${list}.`, { issues })
}
