import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { decode } from '../../../src/image/decode.ts'
import { detectInside } from '../../../src/vision/detection/detect-inside.ts'
import { openObjectDetector } from '../../../src/vision/detection/object-detector.ts'
import { sample } from '../../examples/open-detection.ts'
import { SHAPES } from '../../examples/shapes.ts'
import { openModels } from '../open-models.ts'
import { distance } from './scene.ts'

const image = await decode(await Bun.file(join(sample, 'shapes.png')).bytes())

describe('inside of a box', () => {
  test('is what a detector finds there, in pixels of the image, and nothing else', async () => {
    const found = await inside({ left: 340, top: 30, right: 600, bottom: 260 })
    expect(found.map(({ classIndex }) => SHAPES[classIndex]?.name)).toEqual(['triangle'])
    expect(distance(found[0]?.box, [350, 40, 590, 250])).toBeLessThan(3)
    expect(found[0]?.mask?.left).toBeWithin(346, 356)
  })

  test('there is nothing where nothing is, beside an object, or outside of the image', async () => {
    expect(await inside({ left: 10, top: 400, right: 60, bottom: 450 })).toEqual([])
    expect(await inside({ left: 30, top: 100, right: 75, bottom: 180 })).toEqual([])
    expect(await inside({ left: 700, top: 10, right: 800, bottom: 90 })).toEqual([])
  })
})

type Detector = Awaited<ReturnType<typeof openObjectDetector>>

async function opened<Result>(use: (detector: Detector) => Promise<Result>): Promise<Result> {
  await using own = openModels()
  return await use(await openObjectDetector(own.models, join(sample, 'shapes')))
}

function inside(box: Parameters<typeof detectInside>[2]) {
  return opened((detector) => detectInside(detector, image, box))
}
