import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type ErrorCode, type ErrorJson, LsmlError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { AppEnv } from './parts.ts'
import { setReasonPhrase, toReasonPhrase } from './reason-phrase.ts'
import { shownPath } from './shown-path.ts'

/** 4xx: whoever sent the request, or set up the project, can mend it. 5xx: whoever runs or wrote the backend. */
const STATUS = {
  INVALID_REQUEST: 400,
  INVALID_LABEL_CONFIG: 422,
  INVALID_PARAMS: 422,
  INVALID_BACKEND: 500,
  INVALID_MODEL: 500,
  MODEL_NOT_FOUND: 500,
  MODEL_FAILED: 500,
  MODEL_UNAVAILABLE: 503,
  DEVICE_UNAVAILABLE: 500,
  MEDIA_UNAVAILABLE: 502,
  STUDIO_UNAVAILABLE: 502,
  STORE_UNAVAILABLE: 503,
  MEDIA_FORBIDDEN: 403,
  MEDIA_TOO_LARGE: 422,
  INVALID_IMAGE: 422,
  PREDICTION_MISMATCH: 500,
  BACKEND_FAILED: 500,
  WORKER_FAILED: 500,
  DEADLINE_EXCEEDED: 504,
  OVERLOADED: 503,
  CANCELLED: 503,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  USAGE: 500,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, ContentfulStatusCode>

/** What Hono throws knows a status only. */
const CODES: Partial<Record<number, ErrorCode>> = { 401: 'UNAUTHORIZED', 404: 'NOT_FOUND', 410: 'NOT_FOUND' }

/**
 * Answers any error, and logs it once. What nobody foresaw keeps its message to the log: it may hold a path or a secret.
 */
export function errorResponse(c: Context<AppEnv>, error: Error, log: Logger): Response {
  const requestId = c.get('requestId')
  const { status, json, headers } = describe(error, requestId)
  const phrase = toReasonPhrase(json.message)
  setReasonPhrase(c, phrase)
  const line = { request: requestId, path: shownPath(c), status, code: json.code }
  if (json.code === 'INTERNAL') log.error(error.stack ?? error.message, { ...line, cause: error.cause })
  else log[levelOf(json.code, status)](json.message, line)
  // Through the context, for the headers that were set before the error; it would drop the phrase.
  const { headers: all } = c.newResponse(null, status, { ...headers, 'content-type': 'application/json' })
  return new Response(JSON.stringify({ error: json }), { status, statusText: phrase, headers: all })
}

/** A client that hung up, or a stranger who looks around, is nothing to wake somebody for. */
function levelOf(code: ErrorCode, status: number): 'error' | 'warn' | 'info' | 'debug' {
  if (code === 'NOT_FOUND') return 'debug'
  if (code === 'CANCELLED') return 'info'
  return status < 500 || code === 'OVERLOADED' ? 'warn' : 'error'
}

interface Described {
  readonly status: ContentfulStatusCode
  readonly json: ErrorJson
  readonly headers?: Readonly<Record<string, string>>
}

function describe(error: Error, requestId: string): Described {
  if (error instanceof LsmlError && error.code !== 'INTERNAL') {
    return { status: STATUS[error.code], json: error.toJSON() }
  }
  if (error instanceof HTTPException && error.status < 500) {
    return {
      status: error.status,
      json: { code: CODES[error.status] ?? 'INVALID_REQUEST', message: error.message },
      headers: Object.fromEntries(error.res?.headers ?? []),
    }
  }
  return {
    status: 500,
    json: {
      code: 'INTERNAL',
      message: `lsml failed in a way that nobody foresaw. Look for the request \`${requestId}\` in its log.`,
    },
  }
}
