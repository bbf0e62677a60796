import { LsmlError } from '../errors.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * A project's extra params, which the text area of Label Studio sends as a string of JSON, and its API as anything that
 * JSON can hold. Nothing at all is no params.
 *
 * @throws LsmlError INVALID_PARAMS when they are no object
 */
export function parseExtraParams(raw: unknown): Values {
  const value = typeof raw === 'string' ? parseText(raw) : raw
  if (value === null || value === undefined) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Values
  throw invalid(raw, 'are not a JSON object')
}

function parseText(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(text, 'are not JSON', error)
  }
}

function invalid(raw: unknown, what: string, cause?: unknown): LsmlError {
  const shown = (typeof raw === 'string' ? raw : JSON.stringify(raw)).slice(0, 100)
  return new LsmlError(
    'INVALID_PARAMS',
    `The extra params of the project ${what}: \`${shown}\`. In Label Studio, under Settings → Model, write such as \`{"name": "value"}\`, or nothing.`,
    { cause },
  )
}
