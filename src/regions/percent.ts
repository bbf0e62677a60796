/** The image, or the page of an image list, that regions lie on. */
export interface Page {
  /** Pixels as the image is shown, EXIF orientation applied. */
  readonly width: number
  readonly height: number
  /** 0-based page, when the object tag has `valueList`. */
  readonly itemIndex?: number | undefined
}

/** Five digits keep an image of 100 000 pixels right to 0.005 of a pixel, and a float's noise out of the answer. */
const DIGITS = 1e5

/** Label Studio's unit of length: percent of the image's width or height, here called `size`, in pixels. */
export function toPercent(pixels: number, size: number): number {
  return round((pixels / size) * 100)
}

export function toPixels(percent: number, size: number): number {
  return (percent / 100) * size
}

/** To the digits in which percents and degrees are sent; never -0. */
export function round(value: number): number {
  return Math.round(value * DIGITS) / DIGITS + 0
}
