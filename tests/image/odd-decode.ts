/** Decodes the files named on stdin, one a line, with the decoders named as arguments, and prints what came of each as a line of JSON. Runs as a child process. */
import { decode, type DecodeLimits, type DecoderName } from '../../src/image/decode.ts'
import { isLsmlErrorLike, summarise, type Outcome } from './outcome.ts'

const limits: DecodeLimits =
  process.argv.length > 2 ? { decoders: process.argv.slice(2) as DecoderName[] } : {}

for (const path of (await Bun.stdin.text()).split('\n').filter(Boolean)) {
  const bytes = new Uint8Array(await Bun.file(path).arrayBuffer())
  const begun = performance.now()
  const outcome: Outcome = await decode(bytes, limits).then(summarise, (error: unknown) => {
    if (!isLsmlErrorLike(error)) throw error
    return { code: error.code, message: error.message }
  })
  console.log(
    JSON.stringify({
      ...outcome,
      ms: Math.round(performance.now() - begun),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }),
  )
}
