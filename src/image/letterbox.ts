/** How a picture lies inside a frame: multiply by `scale`, then add `left` and `top`, to come from it to the frame. */
export interface Letterbox {
  readonly scale: number
  readonly width: number
  readonly height: number
  readonly left: number
  readonly top: number
}

/**
 * The largest size of equal proportions that fits the frame, and where it lies. Sides are rounded to the nearest pixel as
 * in YOLOv5, which distorts least (YOLOX rounds down); `align: 'start'` puts it in the top left corner (YOLOX), `'center'`
 * in the middle (YOLOv5).
 */
export function letterbox(
  image: { readonly width: number; readonly height: number },
  width: number,
  height: number,
  align: 'start' | 'center' = 'start',
): Letterbox {
  const scale = Math.min(width / image.width, height / image.height)
  const inner = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  }
  return {
    scale,
    ...inner,
    left: align === 'start' ? 0 : Math.floor((width - inner.width) / 2),
    top: align === 'start' ? 0 : Math.floor((height - inner.height) / 2),
  }
}
