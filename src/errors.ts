/**
 * Every way in which lsml itself can fail. A code is a promise to callers: they branch on it, never on the text.
 * The HTTP status of each lies in `server/error-response.ts`; the exit code in `cli/`.
 */
export type ErrorCode =
  | 'INVALID_REQUEST' // the envelope or a task is not what Label Studio's protocol says
  | 'INVALID_LABEL_CONFIG' // the labeling config is not XML, or lacks a control that the backend needs
  | 'INVALID_PARAMS' // an unknown or invalid parameter
  | 'INVALID_BACKEND' // the module is no backend, or its predict broke the contract
  | 'INVALID_MODEL' // a model file that cannot be used: not ONNX, unknown operator, wrong layout
  | 'MODEL_NOT_FOUND' // no such manifest or file
  | 'MODEL_FAILED' // the model was opened and then failed when run
  | 'MODEL_UNAVAILABLE' // the server that runs the model cannot be reached, is not ready or too slow
  | 'DEVICE_UNAVAILABLE' // the device asked for cannot be used here
  | 'MEDIA_UNAVAILABLE' // the task's file could not be fetched or read
  | 'MEDIA_FORBIDDEN' // refused by the guard: private address, path outside the document root, scheme
  | 'MEDIA_TOO_LARGE' // over the limit in bytes or pixels
  | 'INVALID_IMAGE' // bytes that are no image, or a broken one
  | 'PREDICTION_MISMATCH' // predict answered another number of entries than it was given tasks
  | 'BACKEND_FAILED' // the user's code threw
  | 'WORKER_FAILED' // the worker process crashed, ran out of memory, or could not start
  | 'DEADLINE_EXCEEDED' // not finished in time
  | 'OVERLOADED' // the queue is full
  | 'CANCELLED' // the client hung up or the server is stopping
  | 'STUDIO_UNAVAILABLE' // Label Studio cannot be reached, or does not answer as its API does
  | 'STORE_UNAVAILABLE' // events, jobs and versions cannot be kept or read
  | 'UNAUTHORIZED'
  | 'NOT_FOUND'
  | 'USAGE' // the command line
  | 'INTERNAL'

export interface ErrorIssue {
  /** Where in the input, such as `tasks.3.data.image` or `region 5`. */
  readonly path: string
  readonly message: string
}

export interface LsmlErrorOptions extends ErrorOptions {
  readonly issues?: readonly ErrorIssue[]
}

/**
 * The one error class of lsml. The message says what failed, the offending value in back-ticks, then what to do.
 *
 * @example
 * throw new LsmlError('MODEL_NOT_FOUND', 'There is no model at `x.onnx`. Check the path, or run `lsml start ocr` without it.')
 */
export class LsmlError extends Error {
  override readonly name = 'LsmlError'
  readonly code: ErrorCode
  readonly issues: readonly ErrorIssue[]

  constructor(code: ErrorCode, message: string, options: LsmlErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.issues = options.issues ?? []
  }

  toJSON(): ErrorJson {
    return {
      code: this.code,
      message: this.message,
      ...(this.issues.length > 0 && { issues: this.issues }),
    }
  }
}

/** An error as it crosses a process boundary or stands in an HTTP body. */
export interface ErrorJson {
  readonly code: ErrorCode
  readonly message: string
  readonly issues?: readonly ErrorIssue[]
}

export function errorFromJson(json: ErrorJson): LsmlError {
  return new LsmlError(json.code, json.message, json.issues === undefined ? {} : { issues: json.issues })
}

/** JavaScript may throw anything; everything that catches wants an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new Error(`A value that is no Error was thrown: ${describe(thrown)}`)
}

/** An LsmlError as it is; anything else becomes one with this code, the original kept as its cause. */
export function toLsmlError(thrown: unknown, code: ErrorCode): LsmlError {
  if (thrown instanceof LsmlError) return thrown
  const error = toError(thrown)
  return new LsmlError(code, error.message, { cause: error })
}

function describe(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200)
  } catch {
    // A bigint, a circle, or an object whose own methods throw.
    return typeof value === 'object' ? Object.prototype.toString.call(value) : String(value)
  }
}
