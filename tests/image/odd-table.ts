/** Prints what lsml makes of the awkward pictures beside what Pillow makes of them: `bun tests/image/odd-table.ts [--all] [bun|sharp|jimp …]`. */
import type { DecoderName } from '../../src/image/decode.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { compareWithPillow } from './odd-outcomes.ts'
import type { Outcome } from './outcome.ts'

const folder = sharedPath('images')
if (folder === undefined)
  throw new Error('There are no reference images: set LSML_TEST_SHARED to their folder.')

const decoders = process.argv.slice(2).filter((argument) => argument !== '--all') as DecoderName[]
const all = await compareWithPillow(folder, decoders)
for (const { name, verdict, difference, pillow, ours } of all) {
  if (verdict === 'same' && !process.argv.includes('--all')) continue
  console.log(
    [
      name,
      verdict,
      difference === undefined ? '' : `${difference.toFixed(1)} levels`,
      pillow.error ?? size(pillow),
      ours.message ?? size(ours),
    ].join(' | '),
  )
}
const verdicts = Map.groupBy(all, ({ verdict }) => verdict)
console.log([...verdicts].map(([verdict, { length }]) => `${verdict}: ${length}`).join(', '))
console.log(
  `slowest ${Math.max(...all.map(({ ours }) => ours.ms))} ms, peak memory ${Math.round(Math.max(...all.map(({ ours }) => ours.peakBytes)) / 2 ** 20)} MiB`,
)

function size(of: Outcome): string {
  return `${of.width} × ${of.height}`
}
