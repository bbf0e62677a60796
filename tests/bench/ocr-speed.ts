/**
 * Speed of OCR on receipts with the PP-OCR models: `bun tests/bench/ocr-speed.ts [pages]`. First in this process, what a
 * page takes inside `session.run` and in everything else; then through `lsml start ocr`, what `/predict` takes and how fast
 * `/health` answers meanwhile. Exits 1 when everything else takes more than 20 % of the time inside `session.run`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode } from '../../src/image/decode.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { createPageReader } from '../../src/vision/ocr.ts'
import { openTextDetector } from '../../src/vision/text-detector.ts'
import { openTextRecognizer } from '../../src/vision/text-recognizer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { readReceipts } from './sroie.ts'
import { timeRuns } from './time-runs.ts'

const OVERHEAD_LIMIT = 0.2
const HEALTH_EVERY_MS = 20

const pages = readReceipts()?.slice(0, Number(process.argv[2] ?? 30))
if (pages === undefined) {
  console.log('Nothing to measure: the receipts (datasets/sroie) are absent.')
  process.exit(1)
}
const det = sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx')
const rec = sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx')
if (det === undefined || rec === undefined) console.log('The PP-OCR models are absent: with those that ship')
const [detector, recognizer] = [det ?? 'text-detector', rec ?? 'text-recognizer']

await measurePages(pages.map(({ bytes }) => bytes))
await measureServer(pages.map(({ bytes }) => bytes))

/** Lines of one page, and its milliseconds. */
interface PageTimes {
  readonly lines: number
  readonly run: number
  readonly decode: number
  readonly other: number
}

async function measurePages(files: readonly Uint8Array[]): Promise<void> {
  let inRun = 0
  const opened = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
  const models = timeRuns(opened, (ms) => {
    inRun += ms
  })
  const begun = performance.now()
  const reader = createPageReader({
    detector: await openTextDetector(models, detector),
    recognizer: await openTextRecognizer(models, recognizer),
  })
  const openMs = performance.now() - begun
  const read = async (bytes: Uint8Array): Promise<PageTimes> => {
    inRun = 0
    const start = performance.now()
    const image = await decode(bytes)
    const decodeMs = performance.now() - start
    const lines = (await reader.readPage(image)).length
    const totalMs = performance.now() - start
    return { lines, run: inRun, decode: decodeMs, other: totalMs - inRun }
  }
  const cold = await read(files[0] ?? new Uint8Array())
  const warm: PageTimes[] = []
  for (const bytes of files) warm.push(await read(bytes))
  await opened.close()

  const sum = (key: keyof PageTimes) => warm.reduce((all, page) => all + page[key], 0)
  const share = sum('other') / sum('run')
  console.log(`${warm.length} receipts, ${sum('lines')} lines, models opened in ${ms(openMs)}`)
  console.log(`cold, the first page: session.run ${ms(cold.run)}, everything else ${ms(cold.other)}`)
  console.log(
    `warm, median page: session.run ${ms(median(warm.map(({ run }) => run)))}, everything else ${ms(median(warm.map(({ other }) => other)))}, of that decoding ${ms(median(warm.map((page) => page.decode)))}`,
  )
  console.log(
    `everything else is ${(share * 100).toFixed(1)} % of session.run (limit ${OVERHEAD_LIMIT * 100} %)`,
  )
  console.log(`peak memory of this process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`)
  if (share > OVERHEAD_LIMIT) process.exitCode = 1
}

async function measureServer(files: readonly Uint8Array[]): Promise<void> {
  const models = ['--with', `det_ckpt=${detector}`, `recog_ckpt=${recognizer}`]
  const server = await startCli(['start', 'ocr', '-p', '0', ...models])
  try {
    const labelConfig = readFileSync(join(import.meta.dir, '../../examples/ocr/labeling.xml'), 'utf8')
    const predict = async (bytes: Uint8Array) => {
      const begun = performance.now()
      const ocr = `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}`
      const response = await fetch(`${server.url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          tasks: [{ id: 1, data: { ocr } }],
          label_config: labelConfig,
          project: '1.1',
        }),
      })
      const { results } = (await response.json()) as { results?: { result: unknown[] }[] }
      if (!results?.[0]?.result.length)
        throw new Error(`/predict answered ${response.status} without regions`)
      return performance.now() - begun
    }
    const cold = await predict(files[0] ?? new Uint8Array())
    const health: number[] = []
    const done = new AbortController()
    const poll = (async () => {
      while (!done.signal.aborted) {
        const begun = performance.now()
        await (await fetch(`${server.url}/health`)).arrayBuffer()
        health.push(performance.now() - begun)
        await Bun.sleep(HEALTH_EVERY_MS)
      }
    })()
    const warm: number[] = []
    for (const bytes of files) warm.push(await predict(bytes))
    done.abort()
    await poll
    const sorted = health.toSorted((a, b) => a - b)
    console.log(
      `lsml start ocr: /predict ${ms(cold)} cold, ${ms(median(warm))} warm (median of ${warm.length})`,
    )
    console.log(
      `/health meanwhile, ${sorted.length} times: median ${median(sorted).toFixed(1)} ms, 99 % ${(sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1)} ms, slowest ${(sorted.at(-1) ?? 0).toFixed(1)} ms`,
    )
  } finally {
    await server.stop()
  }
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
