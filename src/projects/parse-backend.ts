import leven from 'leven'
import type { Backend, Gate } from '../backend.ts'
import { LsmlError } from '../errors.ts'

const FUNCTIONS = ['predict', 'setup', 'fit', 'evaluate', 'dispose'] as const
const KEYS = [...FUNCTIONS, 'name', 'version', 'params', 'controlParams', 'gate', 'training'] as const

/**
 * Checks that a value, such as the default export of somebody's module, is a backend.
 *
 * @param where it comes from, for the message
 * @throws LsmlError INVALID_BACKEND that says what is wrong with it
 */
export function parseBackend(value: unknown, where: string): Backend {
  if (typeof value !== 'object' || value === null) {
    throw invalid(where, `it is ${value === null ? 'null' : `of the type \`${typeof value}\``}`)
  }
  const backend = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(backend)) {
    const near = KEYS.find((known) => !(known in backend) && isTypo(key, known))
    if (near !== undefined) throw invalid(where, `it has \`${key}\`: did you mean \`${near}\`?`)
  }
  if (typeof backend.predict !== 'function') throw invalid(where, 'it has no function `predict`')
  for (const key of FUNCTIONS) {
    if (backend[key] !== undefined && typeof backend[key] !== 'function') {
      throw invalid(where, `its \`${key}\` is no function`)
    }
  }
  for (const key of ['name', 'version'] as const) {
    if (backend[key] !== undefined && (typeof backend[key] !== 'string' || backend[key] === '')) {
      throw invalid(where, `its \`${key}\` is no text`)
    }
  }
  for (const key of ['params', 'controlParams'] as const) {
    if (backend[key] !== undefined && !isObjectSchema(backend[key])) {
      throw invalid(where, `its \`${key}\` are no \`z.object({ … })\` of zod 4`)
    }
  }
  checkGate(backend, where)
  checkTraining(backend, where)
  return value as Backend
}

const GATE_RANGES = { min: [-Infinity, Infinity], tolerance: [0, Infinity], heldOut: [0, 1] } as const

function checkGate({ gate, evaluate, fit }: Readonly<Record<string, unknown>>, where: string): void {
  if (fit === undefined && (gate !== undefined || evaluate !== undefined))
    throw invalid(where, 'it has an `evaluate` or a `gate` and no `fit`, whose versions these are about')
  if (gate === undefined) return
  if (typeof gate !== 'object' || gate === null) throw invalid(where, 'its `gate` is no object')
  for (const [key, value] of Object.entries(gate)) {
    if (key === 'metric' && typeof value === 'string') continue
    const [least, most] = Object.hasOwn(GATE_RANGES, key) ? GATE_RANGES[key as keyof typeof GATE_RANGES] : []
    if (
      least === undefined ||
      most === undefined ||
      typeof value !== 'number' ||
      !(value >= least && value <= most)
    )
      throw invalid(where, `its \`gate\` has \`${key}: ${String(value)}\``)
  }
  const { metric, min } = gate as Gate
  if (evaluate === undefined && (metric === undefined || min === undefined))
    throw invalid(where, 'its `gate` lacks `metric` and `min`, which only an `evaluate` makes optional')
}

const LEAST = { every: 1, intervalMs: 0, quietMs: 0 } as const

function checkTraining({ training, fit }: Readonly<Record<string, unknown>>, where: string): void {
  if (training === undefined) return
  if (fit === undefined) throw invalid(where, 'it says when to train with `training`, and has no `fit`')
  if (typeof training !== 'object' || training === null) throw invalid(where, 'its `training` is no object')
  for (const [key, value] of Object.entries(training)) {
    const least = Object.hasOwn(LEAST, key) ? LEAST[key as keyof typeof LEAST] : undefined
    if (least === undefined || !Number.isInteger(value) || Number(value) < least)
      throw invalid(where, `its \`training\` has \`${key}: ${String(value)}\``)
  }
}

/** In short names one letter makes another word: `fix` is not `fit`. */
function isTypo(key: string, known: string): boolean {
  return key !== known && leven(known.toLowerCase(), key.toLowerCase()) <= (known.length > 4 ? 1 : 0)
}

/** By its shape: the backend may have another copy of zod than lsml. */
function isObjectSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { def, shape, safeParse } = value as {
    readonly def?: { readonly type?: unknown }
    readonly shape?: unknown
    readonly safeParse?: unknown
  }
  return def?.type === 'object' && typeof shape === 'object' && typeof safeParse === 'function'
}

function invalid(where: string, what: string): LsmlError {
  return new LsmlError(
    'INVALID_BACKEND',
    `${where} is no backend: ${what}. Write \`export default defineBackend({ predict: … })\`.`,
  )
}
