import type { Image } from '../../image/image.ts'
import type { OpenModel } from '../../registry/models.ts'
import { fillFrame } from '../input-frame.ts'
import type { Detection } from './detection.ts'
import type { DetectionRecipe, FramedImage } from './family.ts'

/** Detections of each image, in its pixels, as the model gives them. */
export type BatchRunner = (
  images: readonly Image[],
  minScore: number,
) => Promise<readonly (readonly Detection[])[]>

interface Item extends FramedImage {
  readonly image: Image
  /** In the caller's order. */
  readonly index: number
}

/** Runs images whose tensors have one size together, as many as the model and `batchSize` allow. */
export function createBatchRunner(
  { session }: OpenModel,
  recipe: DetectionRecipe,
  batchSize: number,
): BatchRunner {
  const { normalization } = recipe
  // One buffer serves one batch after another; batches at the same time get their own.
  let spare = new Float32Array(0)

  const runBatch = async (batch: readonly Item[], minScore: number) => {
    const { tensorWidth = 0, tensorHeight = 0 } = batch[0]?.frame ?? {}
    const length = normalization.planes * tensorWidth * tensorHeight
    const size = length * batch.length
    const buffer = spare.length >= size ? spare : new Float32Array(size)
    spare = new Float32Array(0)
    const data = buffer.subarray(0, size)
    for (const [place, { image, frame }] of batch.entries())
      fillFrame(image, frame, normalization, data.subarray(place * length, (place + 1) * length))
    const outputs = await session.run(recipe.feeds(data, batch))
    spare = buffer
    return recipe.decode(outputs, batch, minScore)
  }

  return async (images, minScore) => {
    const found: (readonly Detection[])[] = images.map(() => [])
    const items = images.map((image, index) => ({ image, frame: recipe.frameOf(image), index }))
    for (const batch of batches(items, Math.max(1, Math.min(batchSize, recipe.maxBatch))))
      for (const [place, detections] of (await runBatch(batch, minScore)).entries()) {
        const { index } = batch[place] as Item
        found[index] = detections
      }
    return found
  }
}

/** Items whose tensors have one size, up to `most` together. */
function batches(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const bySize = new Map<string, Item[]>()
  for (const item of items) {
    const size = `${item.frame.tensorWidth}x${item.frame.tensorHeight}`
    const same = bySize.get(size)
    if (same === undefined) bySize.set(size, [item])
    else same.push(item)
  }
  return [...bySize.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / most) }, (_, batch) =>
      same.slice(batch * most, (batch + 1) * most),
    ),
  )
}
