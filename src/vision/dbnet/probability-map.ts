import { LsmlError } from '../../errors.ts'
import type { Tensor } from '../../onnx/session.ts'

/** How likely each pixel belongs to the core of a line of text, from 0 to 1, row by row. */
export interface ProbabilityMap {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

/** A map of logits becomes one of probabilities, where it lies. */
export function applySigmoid({ data }: ProbabilityMap): void {
  for (let i = 0; i < data.length; i++) data[i] = 1 / (1 + Math.exp(-(data[i] as number)))
}

/**
 * The maps in what a DBNet answers: `[N, 1, H, W]` (PaddleOCR), `[N, H, W]` (MMDeploy) or `[H, W]` (OpenCV's zoo), one
 * for each picture of the batch. Views of the tensor, not copies.
 *
 * @throws LsmlError INVALID_MODEL when the tensor is no such thing
 */
export function toProbabilityMaps(tensor: Tensor, model = 'the text detector'): ProbabilityMap[] {
  const { dims } = tensor
  const isMap = dims.length === 2 || dims.length === 3 || (dims.length === 4 && dims[1] === 1)
  if (tensor.type !== 'float32' || !isMap)
    throw new LsmlError(
      'INVALID_MODEL',
      `The model \`${model}\` answered \`${tensor.type} [${dims.join(', ')}]\`, which is no probability map of text: that is float32 [N, 1, H, W], [N, H, W] or [H, W].`,
    )
  const [height = 0, width = 0] = dims.slice(-2)
  const count = dims.slice(0, -2).reduce((product, dim) => product * dim, 1)
  return Array.from({ length: count }, (_, index) => ({
    data: tensor.data.subarray(index * width * height, (index + 1) * width * height),
    width,
    height,
  }))
}
