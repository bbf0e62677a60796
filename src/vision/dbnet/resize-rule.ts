import type { Session } from '../../onnx/session.ts'
import type { InputFrame } from '../input-frame.ts'

/** How large a page is when it enters the network. */
export interface ResizeRule {
  /** Pixels that the shorter side is brought to, unless the longer one would exceed its limit. */
  readonly shortSide: number
  /** Most pixels of the longer side. */
  readonly longSide: number
  /** Both sides are rounded to a multiple of it, at least one of them; the page is stretched by up to half of it. */
  readonly multipleOf: number
}

/** Sides that a model takes no other length of. */
export interface FixedSides {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** A page's place in the tensor: it keeps its proportions, and where the model's sides are fixed the rest stays empty. */
export function frameOf(
  page: { readonly width: number; readonly height: number },
  { shortSide, longSide, multipleOf }: ResizeRule,
  fixed: FixedSides = {},
): InputFrame {
  const wanted =
    fixed.width === undefined && fixed.height === undefined
      ? shortSide / Math.min(page.width, page.height)
      : Number.POSITIVE_INFINITY
  const scale = Math.min(
    wanted,
    (fixed.width ?? longSide) / page.width,
    (fixed.height ?? longSide) / page.height,
  )
  const side = (length: number, fixedSide: number | undefined) =>
    fixedSide === undefined
      ? Math.max(1, Math.round((length * scale) / multipleOf)) * multipleOf
      : Math.max(1, Math.round(length * scale))
  const width = side(page.width, fixed.width)
  const height = side(page.height, fixed.height)
  return { width, height, tensorWidth: fixed.width ?? width, tensorHeight: fixed.height ?? height }
}

export function fixedSides(session: Session): FixedSides {
  const [, , height, width] = session.inputs[0]?.shape ?? []
  return {
    width: typeof width === 'number' ? width : undefined,
    height: typeof height === 'number' ? height : undefined,
  }
}
