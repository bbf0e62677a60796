import { describe, expect, test } from 'bun:test'
import { decode } from '../../src/image/decode.ts'
import { applyLearnt } from '../../src/learning/apply-learnt.ts'
import { learnDetections, type LearntDetections } from '../../src/learning/learn-detections.ts'
import type { Review } from '../../src/learning/reviewed.ts'
import { meanF1 } from '../../src/learning/shown-labels.ts'
import { COCO_CLASSES } from '../../src/vision/detection/coco-classes.ts'
import { openObjectDetector } from '../../src/vision/detection/object-detector.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { readCocoMini } from '../bench/coco-mini.ts'
import { openModels } from '../vision/open-models.ts'

const photographs = readCocoMini()
const model = sharedPath('models/object-detection/yolox_nano_0.1.1rc0_official.onnx')

describe.skipIf(photographs === undefined || model === undefined)(
  'YOLOX on photographs (needs shared/)',
  () => {
    test('F1 rises or stays on the half that was learnt from, and on the one that was not', async () => {
      const reviews = await readReviews()
      const gains = new Map<number, number>()
      for (const scoreThreshold of [0.1, 0.3, 0.7])
        for (const half of [0, 1]) {
          const [annotated, unseen] = [0, 1].map((part) =>
            reviews.filter((_, index) => (index + half) % 2 === part),
          ) as [Review[], Review[]]
          const learnt = learnDetections(annotated, { ...project, scoreThreshold, lowestScore: 0.05 })
          expect(learnt.meanF1.after).toBeGreaterThanOrEqual(learnt.meanF1.before)
          const gain = f1On(unseen, scoreThreshold, learnt) - f1On(unseen, scoreThreshold)
          expect(gain).toBeGreaterThanOrEqual(0)
          gains.set(scoreThreshold, (gains.get(scoreThreshold) ?? 0) + gain)
        }
      // The mean of 80 labels: of a bad threshold for people there is something to gain.

      expect(gains.get(0.1)).toBeGreaterThan(0.001)
      expect(gains.get(0.7)).toBeGreaterThan(0.001)
    }, 120_000)
  },
)

const project = { labels: COCO_CLASSES, labelOfClass: (name: string) => name }

function f1On(reviews: readonly Review[], scoreThreshold: number, learnt?: LearntDetections): number {
  const { labelOf } = applyLearnt(learnt, { ...project, scoreThreshold })
  return meanF1(reviews, { labels: COCO_CLASSES, labelOf, thresholdOf: () => 0 })
}

/** COCO's objects as what a person left, beside what the detector finds. */
async function readReviews(): Promise<readonly Review[]> {
  await using opened = openModels()
  const detector = await openObjectDetector(opened.models, model ?? '', { scoreThreshold: 0.05 })
  const reviews: Review[] = []
  for (const { file, bytes, truth } of photographs ?? []) {
    const [found = []] = await detector.detect([await decode(bytes)])
    reviews.push({
      id: file,
      images: [
        {
          truth: truth
            .filter(({ crowd }) => crowd !== true)
            .map(({ box, classIndex }) => ({ box, label: COCO_CLASSES[classIndex] ?? '' })),
          found: found.map(({ box, score, classIndex }) => ({
            box,
            score,
            className: COCO_CLASSES[classIndex] ?? '',
          })),
        },
      ],
    })
  }
  return reviews
}
