import { LsmlError } from '../../errors.ts'
import type { InputFrame } from '../input-frame.ts'
import type { MmdeployTransform } from './transforms.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** Limits that a caller sets in place of those in the file. */
export interface SideLimits {
  readonly shortSide?: number | undefined
  readonly longSide?: number | undefined
}

/** Steps that set only the short side would make a tensor of gigabytes from a strip. */
const MAX_LONG_SIDE = 4096

/**
 * What MMDeploy's steps make of a picture's size, as its SDK and MMOCR compute it: resized first, continued before it is
 * normalised with a pixel value, and after it with 0.
 *
 * @param file the `pipeline.json`, for messages
 * @throws LsmlError INVALID_MODEL for an order that no export has, such as resizing what was padded
 */
export function frameOfTransforms(
  transforms: readonly MmdeployTransform[],
  picture: Size,
  file: string,
  limits: SideLimits = {},
): InputFrame {
  let size = picture
  let tensor = picture
  let border: InputFrame['border']
  let isNormalized = false
  const continueTo = (next: Size, pixel: number) => {
    if (next.width === tensor.width && next.height === tensor.height) return
    if (isNormalized ? pixel !== 0 : border !== undefined && border.pixel !== pixel)
      throw badOrder(
        file,
        `a \`Pad\` with \`${pixel}\` after ${isNormalized ? '`Normalize`' : 'another one'}`,
      )
    if (!isNormalized) border = { ...next, pixel }
    tensor = next
  }
  for (const step of transforms) {
    if (step.type === 'Normalize') isNormalized = true
    else if (step.type === 'Pad') continueTo(padded(step, tensor), step.pad_val)
    else {
      const next = resized(step, size, limits)
      if (next === undefined) continue
      if (isNormalized || border !== undefined)
        throw badOrder(file, `\`${step.type}\` after ${isNormalized ? '`Normalize`' : '`Pad`'}`)
      size = next
      tensor = next
      if (step.type === 'ResizeOCR' && step.keep_aspect_ratio && typeof step.max_width === 'number')
        continueTo({ width: step.max_width, height: next.height }, step.img_pad_value)
    }
  }
  return {
    width: size.width,
    height: size.height,
    tensorWidth: tensor.width,
    tensorHeight: tensor.height,
    border,
  }
}

/** undefined for steps that do not resize. */
function resized(step: MmdeployTransform, size: Size, limits: SideLimits): Size | undefined {
  switch (step.type) {
    case 'Resize':
      return resize(step, size, limits)
    case 'ShortScaleAspectJitter': {
      const short = limits.shortSide ?? step.short_size
      const scale = Math.min(short / shorter(size), (limits.longSide ?? MAX_LONG_SIDE) / longer(size))
      const side = (length: number) => ceilTo(Math.max(1, Math.round(length * scale)), step.scale_divisor)
      return { width: side(size.width), height: side(size.height) }
    }
    case 'RescaleToHeight': {
      const free = Math.ceil((step.height / size.height) * size.width)
      const width = Math.min(step.max_width ?? MAX_LONG_SIDE, Math.max(step.min_width ?? 1, free))
      return { width: roundTo(width, step.width_divisor), height: step.height }
    }
    case 'ResizeOCR': {
      const { max_width: most } = step
      if (!step.keep_aspect_ratio) return { width: most ?? size.width, height: step.height }
      const free = roundTo(
        Math.ceil((step.height / size.height) * size.width),
        Math.trunc(1 / step.width_downsample_ratio),
      )
      return {
        width: Math.min(most ?? MAX_LONG_SIDE, Math.max(step.min_width ?? 1, free)),
        height: step.height,
      }
    }
    default:
      return undefined
  }
}

function resize(
  { size, keep_ratio: keepsRatio }: Extract<MmdeployTransform, { type: 'Resize' }>,
  picture: Size,
  limits: SideLimits,
): Size {
  const [width, height] = typeof size === 'number' ? [size, size] : size
  if (!keepsRatio && width !== -1 && height !== -1) return { width, height }
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  const scale = Math.min(
    (limits.longSide ?? (short === -1 ? MAX_LONG_SIDE : long)) / longer(picture),
    (limits.shortSide ?? (short === -1 ? long : short)) / shorter(picture),
  )
  const side = (length: number) => Math.max(1, Math.trunc(length * scale + 0.5))
  return { width: side(picture.width), height: side(picture.height) }
}

function padded(step: Extract<MmdeployTransform, { type: 'Pad' }>, { width, height }: Size): Size {
  if (step.pad_to_square) return { width: Math.max(width, height), height: Math.max(width, height) }
  if (step.size) return { width: Math.max(width, step.size[0]), height: Math.max(height, step.size[1]) }
  const divisor = step.size_divisor ?? 1
  return { width: ceilTo(width, divisor), height: ceilTo(height, divisor) }
}

function shorter({ width, height }: Size): number {
  return Math.min(width, height)
}

function longer({ width, height }: Size): number {
  return Math.max(width, height)
}

function ceilTo(length: number, divisor: number): number {
  return Math.ceil(length / divisor) * divisor
}

/** To a multiple, at least one of them. Halves go to the even one, as Python's `round` does. */
function roundTo(length: number, divisor: number): number {
  const below = Math.floor(length / divisor)
  const rest = length / divisor - below
  const count = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
  return Math.max(1, count) * divisor
}

function badOrder(file: string, found: string): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The file \`${file}\` has ${found}, an order of steps that lsml cannot follow. Export the model again with MMDeploy 1.x.`,
  )
}
