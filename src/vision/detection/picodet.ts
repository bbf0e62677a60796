import { z } from 'zod'
import { parseManifestBlock } from '../manifest-block.ts'
import { decodeDistributions } from './distribution.ts'
import { pairOutputs, readLevels } from './distribution-outputs.ts'
import type { DetectionFamily } from './family.ts'
import { fixedSize } from './grid.ts'
import { createImageInput, type ImageFormat, takesImages } from './image-input.ts'

/** PaddleDetection's `picodet_*_reader.yml`: ImageNet's means and deviations, in RGB. */
const FORMAT: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  fit: 'stretch',
  padding: 0,
  size: [320, 320],
}

const postprocessSchema = z.strictObject({
  strides: z.array(z.number().int().positive()).min(1).default([8, 16, 32, 64]),
})

/** PicoDet exported without post-processing: four maps of scores, then four of distributions. */
export const picodet: DetectionFamily = {
  name: 'picodet',
  layout:
    'image float32 [n, 3, height, width] → 4 × scores float32 [n, cells, classes], then 4 × distances float32 [n, cells, 4 · bins], cells of strides 8, 16, 32, 64',
  recognize(model, options) {
    const { session, manifest } = model
    const [images] = session.inputs
    if (session.inputs.length !== 1 || !takesImages(images)) return undefined
    const size = fixedSize(images)
    if (size === undefined && options.family !== picodet.name) return undefined
    const { strides } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
    const heads = pairOutputs(session, size, strides, 'grouped')
    if (heads === undefined) return undefined
    const input = createImageInput(model, images, FORMAT, options)
    return {
      family: picodet.name,
      classes: undefined,
      classCount: heads.classCount,
      // PaddleDetection's `picodet_v2.yml` and `picodet_lcnet.yml`.
      nms: { iou: 0.6 },
      ...input,
      feeds: (data, batch) => ({ [images.name]: input.tensor(data, batch) }),
      decode: (outputs, batch, minScore) =>
        batch.map((framed, image) =>
          decodeDistributions(
            readLevels(outputs, heads, framed.frame, image),
            framed,
            { ...heads, center: { cells: 0.5, pixels: 0 } },
            minScore,
          ),
        ),
    }
  },
}
