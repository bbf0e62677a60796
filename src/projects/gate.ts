import type { Gate, Metrics } from '../backend.ts'

export interface Measured {
  /** Of the new version. */
  readonly metrics: Metrics
  /** Of the version that it would replace, on the same tasks. */
  readonly parentMetrics?: Metrics | undefined
}

/** Share of the tasks that `fit` is not given. */
export const DEFAULT_HELD_OUT = 0.2

/**
 * Whether a new version may serve.
 *
 * @returns why it may not
 */
export function refusalOf(
  { metric: named, min, tolerance = 0 }: Gate,
  measured: Measured,
): string | undefined {
  const { metrics, parentMetrics } = measured
  const metric = named ?? Object.keys(metrics)[0]
  if (metric === undefined) return undefined
  const value = metrics[metric]
  if (value === undefined) return `the metric \`${metric}\` of the gate was not measured`
  if (min !== undefined && value < min) return `its ${metric} is ${show(value)}, below ${show(min)}`
  const before = parentMetrics?.[metric]
  if (before !== undefined && value < before - tolerance)
    return `its ${metric} is ${show(value)}, below ${show(before)} of the version before`
  return undefined
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)))
}
