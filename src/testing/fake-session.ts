import { LsmlError } from '../errors.ts'
import type { Session, Tensor, TensorInfo } from '../onnx/session.ts'

export type Feeds = Readonly<Record<string, Tensor>>

export interface FakeSession extends Session {
  /** What it was run with, in order. */
  readonly runs: readonly Feeds[]
  readonly isReleased: boolean
}

export interface FakeSessionOptions {
  /** @default none */
  readonly inputs?: readonly TensorInfo[]
  /** @default none */
  readonly outputs?: readonly TensorInfo[]
}

/**
 * A model that answers what a test wants: for code that takes a `Session`.
 *
 * @example
 * const session = fakeSession(() => ({ scores: { type: 'float32', data: new Float32Array([0.1, 0.9]), dims: [1, 2] } }))
 */
export function fakeSession(
  run: (feeds: Feeds) => Feeds | Promise<Feeds>,
  { inputs = [], outputs = [] }: FakeSessionOptions = {},
): FakeSession {
  const runs: Feeds[] = []
  let isReleased = false
  return {
    inputs,
    outputs,
    runs,
    get isReleased() {
      return isReleased
    },
    async run(feeds) {
      if (isReleased) throw new LsmlError('MODEL_FAILED', 'The session was run after its release.')
      runs.push(feeds)
      return run(feeds)
    },
    async release() {
      isReleased = true
    },
  }
}
