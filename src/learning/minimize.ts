/** Writes the gradient at `x` into `gradient`. @returns the value at `x` */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  /** Ends when no part of the gradient is larger. @default 1e-6 */
  readonly tolerance?: number
  /** @default 500 */
  readonly maxIterations?: number
}

/** Pairs of steps that stand for the curvature; the usual number of L-BFGS. */
const MEMORY = 10
/** How much of the decrease that the gradient promises a step must bring (Nocedal & Wright, c₁ of the Armijo condition). */
const SUFFICIENT = 1e-4
const MAX_HALVINGS = 30
/** A decrease of this part of the value is in the noise of its last digits: there is no lower. */
const NOISE = 1e-12

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly curvature: number
}

/**
 * The minimum of a smooth convex function, by L-BFGS with backtracking (Nocedal & Wright, Numerical Optimization,
 * algorithms 7.4 and 7.5).
 *
 * @param start where to begin; not written to
 */
export function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-6, maxIterations = 500 }: MinimizeOptions = {},
): Float64Array {
  let x: Float64Array = Float64Array.from(start)
  let gradient: Float64Array = new Float64Array(x.length)
  let value = objective(x, gradient)
  const pairs: Pair[] = []
  for (let iteration = 0; iteration < maxIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descend(gradient, pairs)
    const slope = dot(direction, gradient)
    const nextGradient = new Float64Array(x.length)
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    let next = moved(x, direction, length)
    let nextValue = objective(next, nextGradient)
    let halvings = 0
    for (; nextValue > value + SUFFICIENT * length * slope && halvings < MAX_HALVINGS; halvings++) {
      length /= 2
      next = moved(x, direction, length)
      nextValue = objective(next, nextGradient)
    }
    if (value - nextValue <= NOISE * Math.max(1, Math.abs(value))) break
    remember(pairs, x, next, gradient, nextGradient)
    x = next
    gradient = nextGradient
    value = nextValue
  }
  return x
}

/** Minus the gradient, times the inverse of the curvature that the pairs tell. */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((part) => -part)
  const shares = pairs.map(() => 0)
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i] as Pair
    const share = dot(step, direction) / curvature
    shares[i] = share
    add(direction, change, -share)
  }
  const last = pairs.at(-1)
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change)
    for (let i = 0; i < direction.length; i++) direction[i] = (direction[i] as number) * scale
  }
  for (const [i, { step, change, curvature }] of pairs.entries())
    add(direction, step, (shares[i] as number) - dot(change, direction) / curvature)
  return direction
}

function remember(
  pairs: Pair[],
  x: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const step = next.map((part, i) => part - (x[i] as number))
  const change = nextGradient.map((part, i) => part - (gradient[i] as number))
  const curvature = dot(step, change)
  // A pair without curvature would make the next direction one that climbs.
  if (curvature <= 1e-12 * dot(change, change)) return
  pairs.push({ step, change, curvature })
  if (pairs.length > MEMORY) pairs.shift()
}

function moved(x: Float64Array, direction: Float64Array, length: number): Float64Array {
  const next = Float64Array.from(x)
  add(next, direction, length)
  return next
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + times * (what[i] as number)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function largest(gradient: Float64Array): number {
  let most = 0
  for (const part of gradient) most = Math.max(most, Math.abs(part))
  return most
}
