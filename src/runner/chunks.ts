import type { LsmlError } from '../errors.ts'
import type { TaskOutcome } from './runner.ts'

/** What a part of a request came to: an outcome for each task, or the error that all of them share. */
export type ChunkResult =
  { readonly outcomes: readonly TaskOutcome[] } | { readonly error: LsmlError; readonly tasks: number }

export function toChunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** @throws LsmlError the first one, when no chunk has outcomes */
export function joinChunks(results: readonly ChunkResult[]): readonly TaskOutcome[] {
  const [first] = results
  if (first !== undefined && 'error' in first && results.every((result) => 'error' in result))
    throw first.error
  return results.flatMap((result) =>
    'outcomes' in result
      ? result.outcomes
      : Array.from({ length: result.tasks }, () => ({ error: result.error.toJSON() })),
  )
}
