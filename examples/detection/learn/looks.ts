import type { BackendContext, Image } from '../../../src/index.ts'
import { type Box, cropFeatures } from '../../../src/learning/index.ts'
import { type Detection, openImageEmbedder } from '../../../src/vision/index.ts'
import type { Finder } from '../finders.ts'
import type { DetectionParams } from '../params.ts'

/** How a part of an image looks, as numbers. */
export type Look = (image: Image, box: Box) => Promise<Float32Array>

/** @returns undefined where labels are not told by looks */
export async function openLook({
  params,
  models,
}: Pick<BackendContext<DetectionParams>, 'params' | 'models'>): Promise<Look | undefined> {
  const { relabel, embeddingModel, device } = params
  if (!relabel) return undefined
  if (embeddingModel === undefined) return async (image, box) => cropFeatures(image, box)
  const embedder = await openImageEmbedder(models, embeddingModel, { device })
  return (image, box) => embedder.embed(image, box)
}

/** Of the detections whose labels hang on it. */
export async function lookAt(
  { look, model, places }: Finder,
  image: Image,
  detections: readonly Detection[],
): Promise<ReadonlyMap<Detection, Float32Array>> {
  const looks = new Map<Detection, Float32Array>()
  if (look === undefined) return looks
  for (const detection of detections) {
    const className = model.classes[detection.classIndex] ?? ''
    if (places.some(({ labeler }) => labeler.looksDecide(className)))
      looks.set(detection, await look(image, detection.box))
  }
  return looks
}
