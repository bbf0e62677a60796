/**
 * Speed of detection from the bytes of 66 images to their boxes, beside plain Python (onnxruntime, OpenCV and numpy,
 * reference/detection_loop.py) with the same models and threads: `bun tests/bench/detection-speed.ts [rounds]`. Both take
 * turns, image by image, and the best round of each image counts: what else the machine does can only add to it. Exits 1
 * when lsml is slower with a model.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
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
/** Images a second; milliseconds: all, and all but `session.run`; its share; boxes. */
const HEADER = '  images/s     ms  beside  share  boxes'

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

console.log(`${images.length} images, ${THREADS} threads, best of ${rounds} rounds; milliseconds an image`)
console.log(`${''.padEnd(36)}${HEADER}${python === undefined ? '' : `${HEADER}  Python / lsml`}`)
for (const model of BENCH_MODELS) {
  const path = sharedPath('models/object-detection', model.file)
  if (path === undefined) console.log(`${model.file}: absent (models/object-detection)`)
  else await compare(path, model, images)
}

async function compare(
  path: string,
  { file, options }: BenchModel,
  images: readonly CocoImage[],
): Promise<void> {
  let inRun = 0
  const models = createModels({ pool: createSessionPool({ device: 'cpu', threads: THREADS }) }).forOwner()
  const timed = timeRuns(models, (ms) => {
    inRun = ms
  })
  const detector = await openObjectDetector(timed, path, { ...options, scoreThreshold: SCORE_FLOOR })
  const pass = async (bytes: Uint8Array): Promise<Pass> => {
    const begun = performance.now()
    const [found = []] = await detector.detect([await decode(bytes)])
    return { ms: performance.now() - begun, inRun, found: found.length }
  }
  const files = images.map((image) => image.file)
  const loop =
    python === undefined
      ? undefined
      : await startPythonLoop({ python, model: path, threads: THREADS, scoreFloor: SCORE_FLOOR, files })
  const ours: Pass[][] = images.map(() => [])
  const theirs: Pass[][] = images.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, { bytes }] of images.entries()) {
      const mine = (index + round) % 2 === 0 ? await pass(bytes) : undefined
      if (loop !== undefined) theirs[index]?.push(await loop.pass(index))
      ours[index]?.push(mine ?? (await pass(bytes)))
    }
  await loop?.close()
  await models.close()
  const lsml = sumOfBest(ours)
  const other = loop && sumOfBest(theirs)
  console.log(
    `${file.padEnd(36)}${row(lsml)}${other === undefined ? '' : `${row(other)}${(other.ms / lsml.ms).toFixed(2).padStart(15)}`}`,
  )
  if (other !== undefined && other.ms < lsml.ms) process.exitCode = 1
}

function sumOfBest(passes: readonly (readonly Pass[])[]): Pass {
  return passes
    .map((rounds) => rounds.reduce((best, pass) => (pass.ms < best.ms ? pass : best)))
    .reduce((sum, { ms, inRun, found }) => ({
      ms: sum.ms + ms,
      inRun: sum.inRun + inRun,
      found: sum.found + found,
    }))
}

function row({ ms, inRun, found }: Pass): string {
  const count = images?.length ?? 0
  const beside = ms - inRun
  return [
    ((count * 1000) / ms).toFixed(1).padStart(10),
    (ms / count).toFixed(1).padStart(7),
    (beside / count).toFixed(1).padStart(8),
    `${((beside / ms) * 100).toFixed(0)} %`.padStart(6),
    String(found).padStart(7),
  ].join('')
}
