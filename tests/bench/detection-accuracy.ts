/**
 * Accuracy of detection on 66 images of COCO val2017, beside plain Python (reference/detection.py), and parity with the
 * reference boxes: `bun tests/bench/detection-accuracy.ts`. Exits 1 when a model is more than half a point below, or
 * misses a box.
 */
import { readFileSync } from 'node:fs'
import type { Box } from '../../src/geometry/box.ts'
import { decode } from '../../src/image/decode.ts'
import { createSessionPool } from '../../src/onnx/pool.ts'
import { createModels } from '../../src/registry/create-models.ts'
import { type CocoMap, cocoMap } from '../../src/vision/detection/coco-map.ts'
import { overlapOf } from '../../src/vision/detection/coco-match.ts'
import type { Detection } from '../../src/vision/detection/detection.ts'
import { openObjectDetector } from '../../src/vision/detection/object-detector.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { readCocoMini } from './coco-mini.ts'
import { BENCH_MODELS, type BenchModel } from './detection-models.ts'
import reference from './reference/detection.json'

/** Mean average precision may be that much below the reference's, in points of 100. */
const TOLERANCE = 0.5
/** Of a reference box: that it is looked for, and what counts as found. */
const PARITY = { minScore: 0.4, iou: 0.9, score: 0.02 }

interface GoldenImage {
  readonly models: Readonly<
    Record<string, readonly { readonly label: string; readonly score: number; readonly box_xyxy: number[] }[]>
  >
}

const images = readCocoMini()
const golden = sharedPath('golden/detections.json')
if (images === undefined || golden === undefined) {
  console.log('Nothing to measure: datasets/coco-val2017-mini or golden/detections.json is absent.')
  process.exit(1)
}
const models = createModels({ pool: createSessionPool({ device: 'cpu' }) }).forOwner()
const decoded = await Promise.all(images.map(({ bytes }) => decode(bytes)))
const samples = Object.entries(JSON.parse(readFileSync(golden, 'utf8')) as Record<string, GoldenImage>)
const missed: string[] = []

console.log(`${images.length} images of COCO val2017, scores from ${reference.scoreFloor} on`)
console.log(
  'mAP of                               lsml   Python    AP50   small  medium   large   reference boxes',
)
for (const model of BENCH_MODELS) {
  const path = sharedPath('models/object-detection', model.file)
  if (path === undefined) {
    console.log(`${model.file}: absent (models/object-detection)`)
    missed.push(model.file)
    continue
  }
  const measured = await measure(path, model)
  const wanted = reference.models[model.file as keyof typeof reference.models].map
  const { found, boxes } = await compare(path, model)
  const numbers = [measured.map, wanted, measured.map50, measured.small, measured.medium, measured.large]
  console.log(
    `${model.file.padEnd(34)}${numbers.map(points).join('')}${(boxes === 0 ? 'none there' : `${found} of ${boxes}`).padStart(18)}`,
  )
  if (!((measured.map ?? 0) * 100 >= wanted * 100 - TOLERANCE) || found < boxes) missed.push(model.file)
}
if (missed.length > 0) console.log(`missed: ${missed.join(', ')}`)
process.exitCode = missed.length > 0 ? 1 : 0
await models.close()

async function measure(path: string, { options }: BenchModel): Promise<CocoMap> {
  const { scoreFloor: scoreThreshold, maxDetections } = reference
  const detector = await openObjectDetector(models, path, { ...options, scoreThreshold, maxDetections })
  const inClasses = ({ classIndex }: { readonly classIndex: number }) => classIndex < detector.classes.length
  const measured = []
  for (const [index, image] of decoded.entries()) {
    const [found = []] = await detector.detect([image])
    measured.push({ truth: images?.[index]?.truth.filter(inClasses) ?? [], found })
  }
  return cocoMap(measured)
}

/** How many of the reference boxes are found where and as sure as in the reference. */
async function compare(
  path: string,
  { golden, options }: BenchModel,
): Promise<{ readonly found: number; readonly boxes: number }> {
  const detector = await openObjectDetector(models, path, { ...options, scoreThreshold: 0.3 })
  const counts = { found: 0, boxes: 0 }
  for (const [name, { models: byModel }] of samples) {
    const file = sharedPath('images', name)
    const wanted = Object.entries(byModel).find(([model]) => model.startsWith(golden))?.[1]
    if (file === undefined || wanted === undefined) throw new Error(`No reference of ${golden} for ${name}.`)
    const [detections = []] = await detector.detect([await decode(readFileSync(file))])
    for (const { label, score, box_xyxy: corners } of wanted) {
      if (score < PARITY.minScore) continue
      const classIndex = detector.classes.indexOf(label)
      const box = toBox(corners)
      counts.boxes++
      if (detections.some((detection) => isSame(detection, { box, score, classIndex }))) counts.found++
    }
  }
  return counts
}

function isSame(found: Detection, wanted: Pick<Detection, 'box' | 'score' | 'classIndex'>): boolean {
  return (
    found.classIndex === wanted.classIndex &&
    Math.abs(found.score - wanted.score) <= PARITY.score &&
    overlapOf(found.box, wanted) >= PARITY.iou
  )
}

function toBox([left = 0, top = 0, right = 0, bottom = 0]: readonly number[]): Box {
  return { left, top, right, bottom }
}

function points(share: number | undefined): string {
  return (share === undefined ? '–' : (share * 100).toFixed(2)).padStart(8)
}
