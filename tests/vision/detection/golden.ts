import { readFileSync } from 'node:fs'
import { expect } from 'bun:test'
import { boxIou } from '../../../src/geometry/box.ts'
import { decode } from '../../../src/image/decode.ts'
import type { ObjectDetector } from '../../../src/vision/detection/object-detector.ts'
import { sharedPath } from '../../_helpers/shared.ts'

/** Reference outputs of independent Python code, and the names of the classes in them. */
export const golden = sharedPath('golden/detections.json')
export const goldenClasses = sharedPath('models/object-detection/coco80_classes.txt')

interface Golden {
  readonly [image: string]: {
    readonly models: Readonly<Record<string, readonly GoldenDetection[]>>
  }
}

interface GoldenDetection {
  readonly label: string
  readonly score: number
  readonly box_xyxy: readonly [number, number, number, number]
}

/**
 * Compares what a detector finds with the reference: each box of a score of at least 0.4 is found at an IoU of 0.9 with a
 * score within 0.02, and nothing else reaches a score of 0.42.
 *
 * @param model how the name of the model begins in the reference
 * @returns how many boxes were compared
 */
export async function compareWithGolden(detector: ObjectDetector, model: string): Promise<number> {
  const images = JSON.parse(readFileSync(golden ?? '', 'utf8')) as Golden
  let compared = 0
  for (const [name, { models }] of Object.entries(images)) {
    const key = Object.keys(models).find((each) => each.startsWith(model))
    if (key === undefined) throw new Error(`The reference has no \`${model}\`.`)
    const image = await decode(readFileSync(sharedPath('images', name) ?? ''))
    const [found = []] = await detector.detect([image])
    const expected = (models[key] ?? []).filter(({ score }) => score >= 0.4)
    for (const { label, score, box_xyxy: box } of expected) {
      const [left, top, right, bottom] = box
      const same = found.filter(
        (each) =>
          detector.classes[each.classIndex] === label &&
          Math.abs(each.score - score) <= 0.02 &&
          boxIou(each.box, { left, top, right, bottom }) >= 0.9,
      )
      expect({ name, label, score, box, found: same.length }).toMatchObject({ found: 1 })
      compared++
    }
    expect(found.filter(({ score }) => score >= 0.42).length).toBeLessThanOrEqual(expected.length)
  }
  return compared
}
