import leven from 'leven'
import type { z } from 'zod'
import type { ParamsSchema } from '../backend.ts'
import { type ErrorIssue, LsmlError } from '../errors.ts'
import { coerce, type Field } from './coerce.ts'
import type { ParamLayer } from './settings.ts'

/**
 * The parameters of one project: the layers over each other, the later the stronger, under them the schema's defaults.
 * Keys are one whatever their case and their `_` and `-`: `score_threshold`, `scoreThreshold` and `SCORE_THRESHOLD`.
 * Every value of every layer is checked, also one that a stronger layer replaces.
 *
 * @throws LsmlError INVALID_PARAMS that names every unknown, invalid and missing parameter and where it was given
 */
export function resolveParams<Schema extends ParamsSchema>(
  schema: Schema | undefined,
  layers: readonly ParamLayer[],
): z.output<Schema> {
  const { values, sources, issues } = readLayers(schema, layers)
  if (issues.length > 0) throw refusal(issues)
  if (schema === undefined) return {} as z.output<Schema>
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  throw refusal(
    parsed.error.issues.map(({ path: [key], message }) => {
      // What concerns the whole, such as an order of two, has no path.
      if (key === undefined) return { path: '', message: `${message}.` }
      const name = String(key)
      const source = sources.get(name)
      return source === undefined
        ? missing(name, message)
        : { path: name, message: `\`${name}\` (${source}): ${message}.` }
    }),
  )
}

/**
 * What can be checked before there is a project: that no layer has an unknown or an invalid parameter. A required
 * parameter that none gives is no fault yet, since each project can give it.
 *
 * @returns the names of those
 * @throws LsmlError INVALID_PARAMS
 */
export function checkBaseParams(
  schema: ParamsSchema | undefined,
  layers: readonly ParamLayer[],
): readonly string[] {
  const { values, issues } = readLayers(schema, layers)
  if (issues.length > 0) throw refusal(issues)
  return Object.entries(schema?.shape ?? {})
    .filter(([name, field]) => !(name in values) && !(field as Field).safeParse(undefined).success)
    .map(([name]) => name)
}

interface ReadLayers {
  readonly values: Record<string, unknown>
  /** Of each value, the layer that it comes from. */
  readonly sources: ReadonlyMap<string, string>
  readonly issues: readonly ErrorIssue[]
}

function readLayers(schema: ParamsSchema | undefined, layers: readonly ParamLayer[]): ReadLayers {
  // Without a prototype: a key may be `__proto__`.
  const values: Record<string, unknown> = Object.create(null)
  const sources = new Map<string, string>()
  const issues: ErrorIssue[] = []
  const known = Object.keys(schema?.shape ?? {})
  for (const { source, values: given, alsoKnown = [] } of layers) {
    const spellings = new Map<string, string>()
    for (const [key, value] of Object.entries(given)) {
      const name = findParam(known, key)
      const field = name === undefined ? undefined : schema?.shape[name]
      if (name === undefined || field === undefined) {
        if (schema === undefined || !takesUnknown(schema))
          issues.push(unknown(key, source, [...known, ...alsoKnown]))
        else values[key] = value
        continue
      }
      const other = spellings.get(name)
      if (other !== undefined) {
        const message = `\`${other}\` and \`${key}\` are one parameter (${source}). Give it once.`
        issues.push({ path: name, message })
      }
      spellings.set(name, key)
      const coerced = coerce(field as Field, value)
      if ('problem' in coerced) {
        const message = `\`${key}\` cannot be \`${JSON.stringify(value)}\` (${source}): ${coerced.problem}.`
        issues.push({ path: name, message })
        continue
      }
      values[name] = coerced.value
      sources.set(name, source)
    }
  }
  return { values, sources, issues }
}

/** Of the known names the one that a key stands for: as it is written, else whatever its case and its `_` and `-`. */
export function findParam(known: readonly string[], key: string): string | undefined {
  return known.find((name) => name === key) ?? known.find((name) => bare(name) === bare(key))
}

function bare(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase()
}

function takesUnknown(schema: ParamsSchema): boolean {
  const { catchall } = schema.def
  return catchall !== undefined && catchall._zod.def.type !== 'never'
}

function unknown(key: string, source: string, names: readonly string[]): ErrorIssue {
  // Told in the spelling of whoever asks: both are one.
  const known = key.includes('_') ? names.map(snakeCase) : names
  const near = known
    .map((name) => ({ name, distance: leven(bare(name), bare(key)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.distance - b.distance)[0]
  const advice =
    known.length === 0
      ? 'This backend has no parameters: remove it.'
      : `${near === undefined ? '' : `Did you mean \`${near.name}\`? `}Known are: ${known.join(', ')}.`
  return { path: key, message: `There is no parameter \`${key}\` (${source}). ${advice}` }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function missing(name: string, reason: string): ErrorIssue {
  return {
    path: name,
    message: `\`${name}\` is not given. Start with \`--with ${name}=…\`, or give it in the project's extra params. (${reason})`,
  }
}

function refusal(issues: readonly ErrorIssue[]): LsmlError {
  const list = issues.map(({ message }) => message).join(' ')
  return new LsmlError('INVALID_PARAMS', `The parameters cannot be used: ${list}`, { issues })
}
