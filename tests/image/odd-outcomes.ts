import { resolve } from 'node:path'
import type { DecoderName } from '../../src/image/decode.ts'
import golden from './golden/decoded.json'
import { gridDifference, type Outcome } from './outcome.ts'

/** What Pillow and lsml make of one file. */
export interface Compared {
  readonly name: string
  readonly pillow: Outcome & { readonly error?: string }
  readonly ours: Outcome & { readonly ms: number; readonly peakBytes: number }
  /** `same`: size equal and every block mean within 3 levels. `refused`: by both, or by us alone if Pillow reads it. */
  readonly verdict: 'same' | 'differs' | 'refused by both' | 'refused by us' | 'read by us alone'
  /** Levels of 255; undefined when either refused. */
  readonly difference?: number
}

const MAX_MS = 120_000

/** Decodes every file of the golden list in one child process, which is ended if it takes too long. */
export async function compareWithPillow(
  folder: string,
  decoders: readonly DecoderName[] = [],
): Promise<Compared[]> {
  const entries = Object.entries(golden as Record<string, Compared['pillow']>)
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, 'odd-decode.ts'), ...decoders], {
    stdin: new Blob([entries.map(([name]) => resolve(folder, name)).join('\n')]),
    stdout: 'pipe',
    stderr: 'inherit',
    timeout: MAX_MS,
  })
  const lines = (await new Response(child.stdout).text()).split('\n').filter(Boolean)
  return entries.map(([name, pillow], i) => {
    const line = lines[i]
    if (line === undefined) throw new Error(`The decoder died or ran out of time at \`${name}\`.`)
    return compare(name, pillow, JSON.parse(line) as Compared['ours'])
  })
}

function compare(name: string, pillow: Compared['pillow'], ours: Compared['ours']): Compared {
  if (ours.code !== undefined)
    return { name, pillow, ours, verdict: pillow.error === undefined ? 'refused by us' : 'refused by both' }
  if (pillow.error !== undefined) return { name, pillow, ours, verdict: 'read by us alone' }
  const difference = gridDifference(pillow, ours)
  const isSame = pillow.width === ours.width && pillow.height === ours.height && difference <= 3
  return { name, pillow, ours, verdict: isSame ? 'same' : 'differs', difference }
}
