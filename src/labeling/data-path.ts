import { LsmlError } from '../errors.ts'
import type { ObjectTag } from './config.ts'

type Data = Readonly<Record<string, unknown>>

/** The key of a task made from a plain text or a single file, whose column had no name. */
const UNNAMED = '$undefined$'

/**
 * Reads what an object tag shows out of `task.data`: a key as it stands (also one with dots in it, which goes before the
 * path), else a path such as `pages[0].url`. Tasks imported from plain text have the one key `$undefined$`, which
 * answers for any path.
 *
 * @returns undefined when it is not there
 */
export function readDataPath(data: Data, path: string): unknown {
  if (Object.hasOwn(data, path)) return data[path]
  const found = segmentsOf(path).reduce<unknown>(step, data)
  return found === undefined && Object.hasOwn(data, UNNAMED) ? data[UNNAMED] : found
}

export interface TaskValue {
  readonly value: unknown
  /** 0-based page, with `valueList` only. */
  readonly index: number | undefined
}

/**
 * The values that an object tag shows of a task: one, or with `valueList` one a page.
 *
 * @throws LsmlError INVALID_REQUEST when the task lacks it, naming the path and the keys that the task has
 */
export function taskValues(
  task: { readonly id?: number | undefined; readonly data: Data },
  object: ObjectTag,
): readonly TaskValue[] {
  const path = object.valueList ?? object.value ?? ''
  const value = readDataPath(task.data, path)
  if (value === undefined || value === null) throw missing(task, path, 'has nothing')
  if (object.valueList === undefined) return [{ value, index: undefined }]
  const pages = Array.isArray(value) ? value : [value]
  if (pages.length === 0) throw missing(task, path, 'has an empty list')
  return pages.map((page: unknown, index) => ({ value: page, index }))
}

function missing(
  { id, data }: { readonly id?: number | undefined; readonly data: Data },
  path: string,
  what: string,
): LsmlError {
  const keys = Object.keys(data).map((key) => `\`${key}\``)
  const name = id === undefined ? 'The task' : `Task ${id}`
  return new LsmlError(
    'INVALID_REQUEST',
    `${name} ${what} at \`${path}\` in its data; it has ${keys.join(', ') || 'no keys'}. Import it with that key, or let the object tag point at one of these.`,
  )
}

function segmentsOf(path: string): string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((segment) => segment !== '')
}

/** Own data only: neither what objects inherit, nor the length of a list. */
const isData = Object.prototype.propertyIsEnumerable

function step(value: unknown, segment: string): unknown {
  return typeof value === 'object' && value !== null && isData.call(value, segment)
    ? (value as Record<string, unknown>)[segment]
    : undefined
}
