import type { Quad } from '../../geometry/point.ts'

/** A quad as an upright box of the page turned level. */
export interface LevelBox {
  /** Its place among the quads. */
  readonly index: number
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The boxes of the quads after the page is turned so that most text runs level. */
export function levelBoxes(quads: readonly Quad[]): LevelBox[] {
  const angle = pageAngle(quads)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return quads.map((quad, index) => {
    const xs = quad.map(([x, y]) => x * cos + y * sin)
    const ys = quad.map(([x, y]) => y * cos - x * sin)
    return {
      index,
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    }
  })
}

export function heightOf({ top, bottom }: LevelBox): number {
  return bottom - top
}

export function middleOf({ top, bottom }: LevelBox): number {
  return (top + bottom) / 2
}

/** Of numbers in any order; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

/** The direction in which most text runs, in radians: the middle one, long lines counting for more. */
function pageAngle(quads: readonly Quad[]): number {
  const lines = quads.map(([a, b]) => ({ x: b[0] - a[0], y: b[1] - a[1] }))
  const mean = Math.atan2(
    lines.reduce((sum, { y }) => sum + y, 0),
    lines.reduce((sum, { x }) => sum + x, 0),
  )
  const turns = lines
    .map(({ x, y }) => ({ turn: fromMinusPi(Math.atan2(y, x) - mean), weight: Math.hypot(x, y) }))
    .toSorted((a, b) => a.turn - b.turn)
  let rest = turns.reduce((sum, { weight }) => sum + weight, 0) / 2
  for (const { turn, weight } of turns) {
    rest -= weight
    if (rest <= 0) return mean + turn
  }
  return 0
}

function fromMinusPi(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))
}
