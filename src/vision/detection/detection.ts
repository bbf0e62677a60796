import type { Box } from '../../geometry/box.ts'
import type { Quad } from '../../geometry/point.ts'

/** One object on an image. */
export interface Detection {
  /** In pixels of the image, clipped to it. */
  readonly box: Box
  /** From 0 to 1. */
  readonly score: number
  /** Index in the detector's classes. */
  readonly classIndex: number
  /**
   * Corners of the rectangle that an object lies turned in, clockwise from the one that is top left when it is not turned;
   * in the pixels of `box`, which is around them, and not clipped.
   */
  readonly quad?: Quad | undefined
  /** Which pixels of the image it covers, where the model says. */
  readonly mask?: DetectionMask | undefined
  /** Body parts and the like, where the model says; in the detector's order. */
  readonly keypoints?: readonly DetectionKeypoint[] | undefined
}

/** A part of the image, row by row: 1 inside, 0 outside. */
export interface DetectionMask {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export interface DetectionKeypoint {
  readonly x: number
  readonly y: number
  readonly score: number
}
