import { type Page, toPercent } from './percent.ts'
import type { ShapeValue } from './shape-values.ts'

interface Place {
  readonly x: number
  readonly y: number
}

/** A point of a path, in pixels. */
export interface Vertex extends Place {
  /** Where the curve leaves the point before this one, and where it comes in; without both, the line is straight. */
  readonly control1?: Place | undefined
  readonly control2?: Place | undefined
  /** Which vertex the line comes from, by its place in the list, for paths with branches. @default the one before */
  readonly from?: number | undefined
}

/** Ids are what joins vertices to each other; they mean nothing outside of their path. */
export function vectorValue(vertices: readonly Vertex[], isClosed: boolean, page: Page): ShapeValue {
  return {
    vertices: vertices.map(({ x, y, control1, control2, from }, index) => {
      const previous = from ?? index - 1
      return {
        id: idOf(index),
        ...inPercent({ x, y }, page),
        prevPointId: previous < 0 ? null : idOf(previous),
        isBezier: control1 !== undefined || control2 !== undefined,
        ...(control1 !== undefined && { controlPoint1: inPercent(control1, page) }),
        ...(control2 !== undefined && { controlPoint2: inPercent(control2, page) }),
      }
    }),
    closed: isClosed,
  }
}

function idOf(index: number): string {
  return `p${index + 1}`
}

/** A control point may lie beyond the page: moved to its edge, the curve would be another. */
function inPercent({ x, y }: Place, page: Page): Place {
  return { x: toPercent(x, page.width), y: toPercent(y, page.height) }
}
