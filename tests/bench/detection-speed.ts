/**
 * Speed of detection from the bytes of 66 images to their boxes, beside plain Python (onnxruntime, OpenCV and numpy,
 * reference/detection_loop.py) with the same models and threads: `bun tests/bench/detection-speed.ts [rounds]`. lsml
 * takes the images as a backend takes its tasks, with `eachTask`; then one by one, which shows what is beside
 * `session.run`. They take turns, a few images each, and the best round of these counts: what else the machine does can
 * only add to it. Exits 1 when lsml is slower with a model.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { eachTask } from '../../src/backend.ts'
import { decode } from '../../src/image/decode.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { openObjectDetector } from '../../src/vision/detection/object-detector.ts'
import { findVenv } from '../_helpers/python-venv.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { type CocoImage, readCocoMini } from './coco-mini.ts'
import { BENCH_MODELS, type BenchModel } from './detection-models.ts'
import { type Pass, startPythonLoop } from './python-loop.ts'
import { timeRuns } from './time-runs.ts'

const THREADS = Math.min(2, availableParallelism())
/** As the detector does when nobody says otherwise. */
const SCORE_FLOOR = 0.3
/** Images in a turn. */
const CHUNK = 6

const rounds = Number(process.argv[2] ?? 5)
const images = readCocoMini()
if (images === undefined) {
  console.log('Nothing to measure: the images (datasets/coco-val2017-mini) are absent.')
  process.exit(1)
}
const requirements = join(import.meta.dir, 'reference', 'requirements.txt')
const venv = await findVenv('detection-bench-1', ['-r', requirements])
if ('absent' in venv) console.log(`Python is left out: ${venv.absent}`)
const python = 'absent' in venv ? undefined : join(venv.folder, 'bin', 'python')

console.log(`${images.length} images, ${THREADS} threads, best of ${rounds} rounds`)
console.log('one by one: milliseconds an image, and how many of them are beside session.run')
console.log(
  `${''.padEnd(36)}   lsml images/s          one by one  boxes   Python images/s          one by one  boxes   lsml / Python`,
)
for (const model of BENCH_MODELS) {
  const path = sharedPath('models/object-detection', model.file)
  if (path === undefined) console.log(`${model.file}: absent (models/object-detection)`)
  else await compare(path, model, images)
}

type Turn = 'together' | 'oneByOne' | 'python'

async function compare(
  path: string,
  { file, options }: BenchModel,
  images: readonly CocoImage[],
): Promise<void> {
  let inRun = 0
  const models = createModels({ pool: createSessionPool({ device: 'cpu', threads: THREADS }) }).forOwner()
  const timed = timeRuns(models, (ms) => {
    inRun += ms
  })
  const detector = await openObjectDetector(timed, path, { ...options, scoreThreshold: SCORE_FLOOR })
  const files = images.map((image) => image.file)
  const loop =
    python === undefined
      ? undefined
      : await startPythonLoop({ python, model: path, threads: THREADS, scoreFloor: SCORE_FLOOR, files })

  /** The images from `start` on, with so many begun at once. */
  const detect = async (start: number, concurrency?: number): Promise<Pass> => {
    const chunk = images.slice(start, start + CHUNK)
    inRun = 0
    let found = 0
    const begun = performance.now()
    const tasks = chunk.map((_, id) => ({ id, data: {} }))
    const answers = await eachTask(
      tasks,
      async (_, index) => {
        const [detections = []] = await detector.detect([await decode(chunk[index]?.bytes as Uint8Array)])
        found += detections.length
        return { result: [] }
      },
      concurrency === undefined ? {} : { concurrency },
    )
    const ms = performance.now() - begun
    for (const answer of answers) if ('error' in answer) throw answer.error
    return { ms, inRun, found }
  }
  const turns: [Turn, (start: number) => Promise<Pass>][] = [
    ['together', (start) => detect(start)],
    ['oneByOne', (start) => detect(start, 1)],
  ]
  if (loop !== undefined)
    turns.push([
      'python',
      async (start) => {
        const passes: Pass[] = []
        for (let index = start; index < Math.min(start + CHUNK, images.length); index++)
          passes.push(await loop.pass(index))
        return sum(passes)
      },
    ])

  const best = new Map<Turn, Pass[]>(turns.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (let start = 0; start < images.length; start += CHUNK)
      for (const [name, turn] of round % 2 === 0 ? turns : turns.toReversed()) {
        const pass = await turn(start)
        const chunks = best.get(name) as Pass[]
        const before = chunks[start / CHUNK]
        if (before === undefined || pass.ms < before.ms) chunks[start / CHUNK] = pass
      }
  await loop?.close()
  await models.close()

  const total = (name: Turn) => sum(best.get(name) ?? [])
  const ours = total('together')
  const theirs = loop && total('python')
  const columns = [file.padEnd(36), rate(ours).padStart(16), alone(total('oneByOne'))]
  if (theirs !== undefined) columns.push(rate(theirs).padStart(18), alone(theirs), ratio(ours, theirs))
  console.log(columns.join(''))
  if (theirs !== undefined && theirs.ms < ours.ms) process.exitCode = 1
}

function sum(passes: readonly Pass[]): Pass {
  const of = (key: keyof Pass) => passes.reduce((all, pass) => all + pass[key], 0)
  return { ms: of('ms'), inRun: of('inRun'), found: of('found') }
}

function rate({ ms }: Pass): string {
  return (((images?.length ?? 0) * 1000) / ms).toFixed(1)
}

function alone({ ms, inRun, found }: Pass): string {
  const count = images?.length ?? 0
  const beside = ms - inRun
  const share = `${(ms / count).toFixed(1)}, ${(beside / count).toFixed(1)} (${((beside / ms) * 100).toFixed(0)} %)`
  return share.padStart(20) + String(found).padStart(7)
}

function ratio(ours: Pass, theirs: Pass): string {
  return (theirs.ms / ours.ms).toFixed(2).padStart(16)
}
