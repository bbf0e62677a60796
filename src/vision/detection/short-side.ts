import { z } from 'zod'
import type { InputFrame } from '../input-frame.ts'
import type { ImageSize } from './family.ts'

/** Images in proportion: until the shorter side has its pixels, or the longer one too many. */
export interface ShortSideRule {
  readonly shortSide: number
  readonly longSide: number
  /** The tensor's sides are the next multiple; what the image leaves of them is 0. */
  readonly multipleOf: number
}

const side = z.number().int().positive()
/** The rule in a manifest's `preprocess`. */
export const shortSideFields = {
  shortSide: side.exactOptional(),
  longSide: side.exactOptional(),
  multipleOf: side.exactOptional(),
}

/** The frame of an image in the top left corner of a tensor, for models that take any size. */
export function shortSideFrame(image: ImageSize, rule: ShortSideRule): InputFrame {
  const scale = Math.min(
    rule.shortSide / Math.min(image.width, image.height),
    rule.longSide / Math.max(image.width, image.height),
  )
  // The product of a ratio and its divisor may fall just short of a whole number.
  const side = (length: number) => Math.max(1, Math.floor(length * scale + 1e-9))
  const whole = (length: number) => Math.ceil(length / rule.multipleOf) * rule.multipleOf
  const [width, height] = [side(image.width), side(image.height)]
  return { width, height, tensorWidth: whole(width), tensorHeight: whole(height) }
}
