import type { Point, Quad } from '../../../geometry/point.ts'
import { fromTensorPixels, type ToBox } from '../box-list.ts'
import type { Detection, DetectionKeypoint } from '../detection.ts'
import type { FramedImage } from '../family.ts'
import type { YoloLayout } from './layout.ts'
import { bestScores, givenScores, type YoloAnswer } from './scores.ts'

/** A box that is found, and its index in the answer, by which its mask is made. */
export interface YoloFound {
  readonly detection: Detection
  readonly index: number
}

/** Number `n` of a box. */
type NumberOf = (n: number) => number

/** The boxes of one image whose best class has at least this score, once each. */
export function decodeYolo(
  answer: YoloAnswer,
  layout: YoloLayout,
  framed: FramedImage,
  minScore: number,
): YoloFound[] {
  const { data, count, boxStep, numberStep, extraStart } = answer
  const toBox = fromTensorPixels(framed)
  const { scores, classes } =
    layout.form === 'final' ? givenScores(answer) : bestScores(answer, layout.form === 'rows')
  const found: YoloFound[] = []
  for (let index = 0; index < count; index++) {
    const score = scores[index] as number
    const classIndex = classes[index] as number
    if (!(score >= minScore)) continue
    const numberOf: NumberOf = (n) => data[index * boxStep + n * numberStep] as number
    const place = placeOf(numberOf, layout, extraStart, toBox)
    const keypoints = keypointsOf(numberOf, layout, extraStart, toBox, score)
    found.push({ index, detection: { ...place, score, classIndex, ...(keypoints && { keypoints }) } })
  }
  return found
}

function placeOf(
  numberOf: NumberOf,
  { form, extra }: YoloLayout,
  extraStart: number,
  toBox: ToBox,
): Pick<Detection, 'box' | 'quad'> {
  const [a, b, c, d] = [numberOf(0), numberOf(1), numberOf(2), numberOf(3)]
  if (extra.kind === 'angle') return turnedPlace(a, b, c, d, numberOf(extraStart), toBox)
  return { box: form === 'final' ? toBox(a, b, c, d) : toBox(a - c / 2, b - d / 2, a + c / 2, b + d / 2) }
}

/** A rectangle around its centre, turned clockwise by so many radians. */
function turnedPlace(
  x: number,
  y: number,
  width: number,
  height: number,
  angle: number,
  toBox: ToBox,
): Pick<Detection, 'box' | 'quad'> {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const corner = (right: number, down: number): Point => {
    const [dx, dy] = [(right * width) / 2, (down * height) / 2]
    return toPoint(x + dx * cos - dy * sin, y + dx * sin + dy * cos, toBox)
  }
  const quad: Quad = [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)]
  const xs = quad.map((point) => point[0])
  const ys = quad.map((point) => point[1])
  const box = {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  }
  return { box, quad }
}

function keypointsOf(
  numberOf: NumberOf,
  { extra }: YoloLayout,
  extraStart: number,
  toBox: ToBox,
  score: number,
): DetectionKeypoint[] | undefined {
  if (extra.kind !== 'keypoints') return undefined
  return Array.from({ length: extra.count }, (_, keypoint) => {
    const at = extraStart + keypoint * extra.numbers
    const [x, y] = toPoint(numberOf(at), numberOf(at + 1), toBox)
    // Keypoints without a number of their own are as sure as their box.
    return { x, y, score: extra.numbers > 2 ? numberOf(at + 2) : score }
  })
}

function toPoint(x: number, y: number, toBox: ToBox): Point {
  const { left, top } = toBox(x, y, x, y)
  return [left, top]
}
