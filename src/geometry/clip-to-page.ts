import type { Point } from './point.ts'

/** Each point moved to the nearest place on a page of the given size in pixels: a quad stays a quad. */
export function clipToPage<Points extends readonly Point[]>(
  points: Points,
  page: { readonly width: number; readonly height: number },
): Points {
  return points.map(([x, y]): Point => [
    clamp(x, page.width),
    clamp(y, page.height),
  ]) as readonly Point[] as Points
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most)
}
