import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { boxIou } from '../../../src/geometry/box.ts'
import { decode } from '../../../src/image/decode.ts'
import { openObjectDetector } from '../../../src/vision/detection/object-detector.ts'
import { sharedPath } from '../../_helpers/shared.ts'
import { openModels } from '../open-models.ts'
import { compareWithGolden, golden, goldenClasses } from './golden.ts'

const deim = sharedPath('models/object-detection/deimv2_hgnetv2_atto_coco.onnx')
const rtmdet = sharedPath('models/object-detection/rtmdet_nano.onnx')
const truth = sharedPath('datasets/coco-val2017-mini/instances.json')

test.skipIf(deim === undefined || golden === undefined)(
  'DEIMv2 finds what the reference finds (needs shared/)',
  async () => {
    await using opened = openModels()
    const detector = await openObjectDetector(opened.models, deim ?? '', { classes: goldenClasses })
    expect(detector).toMatchObject({ family: 'detr', name: basename(deim ?? '') })
    expect(await compareWithGolden(detector, 'deimv2_atto')).toBe(13)
  },
)

test.skipIf(rtmdet === undefined || golden === undefined)(
  'RTMDet of MMDeploy, without a pipeline.json, finds nobody where the reference finds nobody (needs shared/)',
  async () => {
    await using opened = openModels()
    const options = { inputSize: [320, 320], classes: ['person'] } as const
    const detector = await openObjectDetector(opened.models, rtmdet ?? '', options)
    expect(detector.family).toBe('mmdeploy')
    expect(await compareWithGolden(detector, 'rtmdet_nano')).toBe(0)
  },
)

test.skipIf(rtmdet === undefined || truth === undefined)(
  'RTMDet finds the one large person of a picture (needs shared/)',
  async () => {
    await using opened = openModels()
    const detector = await openObjectDetector(opened.models, rtmdet ?? '', { inputSize: [320, 320] })
    const pictures = picturesOfOnePerson()
    expect(pictures.length).toBeGreaterThan(4)
    for (const { file, box } of pictures) {
      const [found = []] = await detector.detect([await decode(readFileSync(file))])
      expect(found[0] && boxIou(found[0].box, box)).toBeGreaterThan(0.7)
      expect(found[0]?.score).toBeGreaterThan(0.6)
    }
  },
  60_000,
)

test.skipIf(deim === undefined || rtmdet === undefined || truth === undefined)(
  'real models find in batches what they find one by one (needs shared/)',
  async () => {
    await using opened = openModels()
    const files = picturesOfOnePerson().slice(0, 5)
    const images = await Promise.all(files.map(({ file }) => decode(readFileSync(file))))
    for (const [file, inputSize] of [
      [deim, undefined],
      [rtmdet, [320, 320]],
    ] as const) {
      const options = { inputSize, batchSize: 3, scoreThreshold: 0.25 }
      const detector = await openObjectDetector(opened.models, file ?? '', options)
      const together = await detector.detect(images)
      for (const [index, image] of images.entries()) {
        const [alone = []] = await detector.detect([image])
        expect(alone.length).toBeGreaterThan(0)
        expect(together[index]).toHaveLength(alone.length)
        for (const [rank, one] of alone.entries()) {
          const other = together[index]?.[rank]
          expect(other?.score).toBeCloseTo(one.score, 3)
          expect(other && boxIou(other.box, one.box)).toBeGreaterThan(0.99)
        }
      }
    }
  },
  60_000,
)

interface Instances {
  readonly images: readonly {
    readonly id: number
    readonly file_name: string
    readonly width: number
    readonly height: number
  }[]
  readonly annotations: readonly {
    readonly image_id: number
    readonly category_id: number
    readonly bbox: readonly [left: number, top: number, width: number, height: number]
  }[]
}

/** Pictures with one person, who fills a tenth of it or more. */
function picturesOfOnePerson() {
  const { images, annotations } = JSON.parse(readFileSync(truth ?? '', 'utf8')) as Instances
  return images.flatMap(({ id, file_name: name, width, height }) => {
    const [person, ...others] = annotations.filter((each) => each.image_id === id && each.category_id === 1)
    if (person === undefined || others.length > 0) return []
    const [left, top, w, h] = person.bbox
    const file = sharedPath('datasets/coco-val2017-mini/images', name) ?? ''
    return w * h < 0.1 * width * height
      ? []
      : [{ file, box: { left, top, right: left + w, bottom: top + h } }]
  })
}
