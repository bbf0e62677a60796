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

const MAX_MS = 60_000
/** Files of one child: what a decoder leaves behind in memory ends with it. */
const BATCH = 50

/** Decodes every file of the golden list in child processes, which are ended if they take too long. */
export async function compareWithPillow(
  folder: string,
  decoders: readonly DecoderName[] = [],
): Promise<Compared[]> {
  const entries = Object.entries(golden as Record<string, Compared['pillow']>)
  const compared: Compared[] = []
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH)
    const paths = batch.map(([name]) => resolve(folder, name))
    const outcomes = await decodeInChild(paths, decoders).catch((error: unknown) => {
      // The runtime itself may crash, for no reason that a second run has; what these tests are about is the pixels.
      console.warn(`${String(error)} Once more.`)
      return decodeInChild(paths, decoders)
    })
    for (const [i, [name, pillow]] of batch.entries())
      compared.push(compare(name, pillow, outcomes[i] as Compared['ours']))
  }
  return compared
}

/** @throws Error that says at which file the child died, and of what */
async function decodeInChild(
  paths: readonly string[],
  decoders: readonly DecoderName[],
): Promise<Compared['ours'][]> {
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, 'odd-decode.ts'), ...decoders], {
    stdin: new Blob([paths.join('\n')]),
    stdout: 'pipe',
    stderr: 'inherit',
    timeout: MAX_MS,
  })
  const lines = (await new Response(child.stdout).text()).split('\n').filter(Boolean)
  await child.exited
  if (lines.length < paths.length)
    throw new Error(
      `The decoder ended at \`${paths[lines.length]}\`, with exit code ${child.exitCode} and signal ${child.signalCode}.`,
    )
  return lines.map((line) => JSON.parse(line) as Compared['ours'])
}

function compare(name: string, pillow: Compared['pillow'], ours: Compared['ours']): Compared {
  if (ours.code !== undefined)
    return { name, pillow, ours, verdict: pillow.error === undefined ? 'refused by us' : 'refused by both' }
  if (pillow.error !== undefined) return { name, pillow, ours, verdict: 'read by us alone' }
  const difference = gridDifference(pillow, ours)
  const isSame = pillow.width === ours.width && pillow.height === ours.height && difference <= 3
  return { name, pillow, ours, verdict: isSame ? 'same' : 'differs', difference }
}
