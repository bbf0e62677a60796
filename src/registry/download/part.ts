import { existsSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const stateSchema = z.object({
  url: z.string(),
  /** SHA-256 that was expected: two URLs with the same one are the same file. */
  sha256: z.string().optional(),
  /** Strong ETag or date of change, by which the server tells whether its file is still the same. */
  validator: z.string().optional(),
})

export type PartState = z.infer<typeof stateSchema>

/** A download that has not come to its end: its bytes in `<target>.part`, where they came from beside them. */
export interface Part {
  readonly path: string
  /**
   * How much is here and may be continued: nothing when it came from elsewhere, or when neither a hash nor the server
   * could tell whether the rest fits.
   */
  resumable(wanted: PartState): Promise<{ readonly bytes: number; readonly validator?: string | undefined }>
  write(state: PartState): Promise<void>
  remove(): Promise<void>
}

export function partOf(target: string): Part {
  const path = `${target}.part`
  const statePath = `${path}.json`
  const remove = async () => {
    await Promise.all([rm(path, { force: true }), rm(statePath, { force: true })])
  }
  return {
    path,
    async resumable(wanted) {
      const state = await readState(statePath)
      const isSame =
        state !== undefined &&
        (wanted.sha256 === undefined
          ? state.url === wanted.url && state.validator !== undefined
          : state.sha256 === wanted.sha256)
      if (isSame && existsSync(path)) {
        // Another server's mark says nothing to this one.
        const validator = state.url === wanted.url ? state.validator : undefined
        return { bytes: (await stat(path)).size, validator }
      }
      await remove()
      return { bytes: 0 }
    },
    write: (state) => writeFile(statePath, JSON.stringify(state)),
    remove,
  }
}

async function readState(path: string): Promise<PartState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}
