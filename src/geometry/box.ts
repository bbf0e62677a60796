import type { Quad } from './point.ts'

/** An upright box in pixels; `right` and `bottom` are outside. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Clockwise from the top left one. */
export function boxCorners({ left, top, right, bottom }: Box): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}

/** 0 for a box whose sides are in the wrong order. */
export function boxArea({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top)
}

/** What two boxes share; of no area, and maybe with its sides in the wrong order, where they are apart. */
export function intersectBoxes(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
}

/** The smallest box around both. */
export function uniteBoxes(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }
}

/** Each side moved to the nearest place on an image: a box beside the image keeps no area. */
export function clipBox(box: Box, image: { readonly width: number; readonly height: number }): Box {
  return {
    left: clamp(box.left, image.width),
    top: clamp(box.top, image.height),
    right: clamp(box.right, image.width),
    bottom: clamp(box.bottom, image.height),
  }
}

/** Intersection over union, from 0 to 1; 0 when one has no area. */
export function boxIou(a: Box, b: Box): number {
  const common = boxArea(intersectBoxes(a, b))
  return common > 0 ? common / (boxArea(a) + boxArea(b) - common) : 0
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most)
}
