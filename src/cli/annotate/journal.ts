import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Which tasks a run has done already: what Label Studio does not tell when predictions are replaced by others of the same version. */
export interface Journal {
  readonly done: ReadonlySet<number>
  add(tasks: readonly number[]): void
  /** The run has come to its end. */
  remove(): void
}

/**
 * Kept in a file from a run that was interrupted to the one that goes on.
 *
 * @param run what makes two runs the same, such as address, project and version
 */
export function openJournal(folder: string, run: readonly (string | number)[]): Journal {
  const name = createHash('sha256').update(JSON.stringify(run)).digest('hex').slice(0, 32)
  const path = join(folder, `overwrite-${name}.txt`)
  // A line that a crash cut off has no end, and might be the beginning of another number.
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  return {
    done: new Set(lines.map(Number)),
    add(tasks) {
      if (tasks.length === 0) return
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      appendFileSync(path, tasks.map((task) => `${task}\n`).join(''))
    },
    remove: () => rmSync(path, { force: true }),
  }
}
