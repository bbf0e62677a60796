/**
 * Speed of detection from the bytes of 66 images to their boxes, beside plain Python (onnxruntime, OpenCV and numpy,
 * reference/detection_loop.py) with the same models and threads: `bun tests/bench/detection-speed.ts [rounds]`. lsml
 * serves them as `lsml start --workers` does: one worker process a thread, which takes the images as tasks and answers
 * with regions. Beside it, what one process does with all threads: with `eachTask`, as a backend takes its tasks, and one
 * by one, which shows what is beside `session.run`. They take turns, a few images each, and the best round of these
 * counts: what else the machine does can only add to it. Exits 1 when lsml as served is slower with a model.
 */
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { eachTask } from '../../src/backend.ts'
import { decode } from '../../src/image/decode.ts'
import { silentLogger } from '../../src/log.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import type { Runner } from '../../src/runner/runner.ts'
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
const LABEL_CONFIG = '<View><Image name="image" value="$image"/><Rectangle name="box" toName="image"/></View>'

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
console.log('images/s as served by workers of one thread, and of one process with all threads')
console.log('one by one: milliseconds an image, and how many of them are beside session.run')
console.log(
  `${''.padEnd(36)}  served  one process          one by one  boxes   Python images/s          one by one  boxes   served / Python   one process / Python`,
)
for (const model of BENCH_MODELS) {
  const path = sharedPath('models/object-detection', model.file)
  if (path === undefined) console.log(`${model.file}: absent (models/object-detection)`)
  else await compare(path, model, images)
}

type Turn = 'served' | 'together' | 'oneByOne' | 'python'

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
  const runner = await serveDetector(path, options)

  const serve = async (): Promise<Pass> => {
    const begun = performance.now()
    const tasks = files.map((name, id) => ({
      id,
      data: { image: `/data/local-files/?d=${encodeURIComponent(basename(name))}` },
    }))
    const outcomes = await runner.predict({
      project: { id: '1', labelConfig: LABEL_CONFIG, version: '1' },
      tasks,
      requestId: 'bench',
      deadline: Date.now() + 600_000,
    })
    const ms = performance.now() - begun
    let found = 0
    for (const outcome of outcomes) {
      if ('error' in outcome) throw new Error(outcome.error.message)
      found += outcome.predictions[0]?.result.length ?? 0
    }
    return { ms, inRun: 0, found }
  }
  const detect = async (concurrency?: number): Promise<Pass> => {
    inRun = 0
    let found = 0
    const begun = performance.now()
    const tasks = images.map((_, id) => ({ id, data: {} }))
    const answers = await eachTask(
      tasks,
      async (_, index) => {
        const [detections = []] = await detector.detect([await decode(images[index]?.bytes as Uint8Array)])
        found += detections.length
        return { result: [] }
      },
      concurrency === undefined ? {} : { concurrency },
    )
    const ms = performance.now() - begun
    for (const answer of answers) if ('error' in answer) throw answer.error
    return { ms, inRun, found }
  }
  const turns: [Turn, () => Promise<Pass>][] = [
    ['served', serve],
    ['together', () => detect()],
    ['oneByOne', () => detect(1)],
  ]
  if (loop !== undefined)
    turns.push([
      'python',
      async () => {
        const passes: Pass[] = []
        for (const index of images.keys()) passes.push(await loop.pass(index))
        return sum(passes)
      },
    ])

  const best = new Map<Turn, Pass>()
  for (let round = 0; round < rounds; round++)
    for (const [name, turn] of round % 2 === 0 ? turns : turns.toReversed()) {
      const pass = await turn()
      if (pass.ms < (best.get(name)?.ms ?? Infinity)) best.set(name, pass)
    }
  await Promise.all([loop?.close(), models.close(), runner.close()])

  const [served, ours, single] = (['served', 'together', 'oneByOne'] as const).map(
    (name) => best.get(name) as Pass,
  ) as [Pass, Pass, Pass]
  const theirs = best.get('python')
  const columns = [file.padEnd(36), rate(served).padStart(8), rate(ours).padStart(13), alone(single)]
  if (theirs !== undefined)
    columns.push(rate(theirs).padStart(18), alone(theirs), ratio(served, theirs, 18), ratio(ours, theirs, 23))
  console.log(columns.join(''))
  if (theirs !== undefined && theirs.ms < served.ms) process.exitCode = 1
}

/** In as many worker processes as there are threads, one thread each. */
function serveDetector(model: string, options: BenchModel['options']): Promise<Runner> {
  const values = { model, score_threshold: SCORE_FLOOR, options: JSON.stringify(options) }
  const [first] = images as readonly CocoImage[]
  return createProcessRunner({
    module: join(import.meta.dir, 'detector-backend.ts'),
    workers: THREADS,
    settings: {
      device: 'cpu',
      threads: 1,
      media: { localFilesRoot: dirname(first?.file ?? '') },
      params: [{ source: 'the benchmark', values }],
    },
    log: silentLogger,
    logLevel: 'error',
  })
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

function ratio(ours: Pass, theirs: Pass, width: number): string {
  return (theirs.ms / ours.ms).toFixed(2).padStart(width)
}
