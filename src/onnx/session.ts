/** The element types that vision models use. `float16` is raw bits. */
export type TensorData =
  | { readonly type: 'float32'; readonly data: Float32Array }
  | { readonly type: 'float16'; readonly data: Uint16Array }
  | { readonly type: 'int64'; readonly data: BigInt64Array }
  | { readonly type: 'int32'; readonly data: Int32Array }
  | { readonly type: 'uint8'; readonly data: Uint8Array }
  | { readonly type: 'bool'; readonly data: Uint8Array }

export type Tensor = TensorData & { readonly dims: readonly number[] }

export interface TensorInfo {
  readonly name: string
  readonly type: string
  /** A number for a fixed axis, a name or undefined for one that is free; undefined when the model does not say. */
  readonly shape: readonly (number | string | undefined)[] | undefined
}

export interface RunOptions {
  /** Ends the wait for a model on a server. What computes here cannot be cancelled. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A model that can be run: the subset of ONNX Runtime that lsml needs. `run` blocks the thread while it computes and
 * cannot be cancelled, which is why sessions live in worker processes under `lsml start`.
 */
export interface Session {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** @throws LsmlError MODEL_FAILED that names the model; of a server, also MODEL_UNAVAILABLE and CANCELLED */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    options?: RunOptions,
  ): Promise<Readonly<Record<string, Tensor>>>
  /** Frees the native memory. Idempotent. */
  release(): Promise<void>
}
