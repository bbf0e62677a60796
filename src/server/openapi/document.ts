import { z } from 'zod'
import { errorAnswerSchema } from './answers.ts'
import { type Operation, OPERATIONS } from './operations.ts'
import type { Json } from './schema-text.ts'

export interface DocumentOptions {
  /** Of the backend. */
  readonly name: string
  readonly version: string
  /** In front of every path, as a client sees it. */
  readonly basePath: string
  readonly hasPassword: boolean
  readonly hasWebhookSecret: boolean
}

/** The routes as OpenAPI 3.1, out of the schemas that check the requests. */
export function toOpenApi({ name, version, basePath, hasPassword, hasWebhookSecret }: DocumentOptions): Json {
  const security = {
    ...(hasPassword && { basic: { type: 'http', scheme: 'basic' } }),
    ...(hasWebhookSecret && { secret: { type: 'http', scheme: 'bearer' } }),
  }
  const neededFor = ({ path, isPublic }: Operation): readonly Json[] => {
    if (isPublic === true) return []
    const isWebhook = path === '/webhook'
    return [
      ...(hasPassword ? [{ basic: [] }] : []),
      ...(isWebhook && hasWebhookSecret ? [{ secret: [] }] : []),
    ]
  }
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: toOperation(operation, neededFor(operation)),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `${name}, a backend for Label Studio`,
      version,
      description: 'What Label Studio, or anybody, may ask this backend. Served by lsml.',
    },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    paths,
    components: { schemas: { Error: toJsonSchema(errorAnswerSchema, 'output') }, securitySchemes: security },
  }
}

function toOperation(operation: Operation, security: readonly Json[]): Json {
  const { method, path, group, summary, description, parameters = [], answers } = operation
  const { body, isBodyOptional = false, example } = operation
  return {
    operationId: toOperationId(method, path),
    tags: [group],
    summary,
    ...(description !== undefined && { description }),
    security,
    ...(parameters.length > 0 && {
      parameters: parameters.map(({ name, in: where, description: about, pattern }) => ({
        name,
        in: where,
        description: about,
        required: where === 'path',
        schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
      })),
    }),
    ...(body !== undefined && {
      requestBody: {
        required: !isBodyOptional,
        content: {
          'application/json': {
            schema: toJsonSchema(body, 'input'),
            ...(example !== undefined && { example }),
          },
        },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, toResponse(Number(status), answer)]),
      ),
      ...Object.fromEntries(errorsOf(operation, security).map((status) => [status, ERROR])),
    },
  }
}

/** Any POST may come from a page of somebody else. */
function errorsOf({ method, answers, errors = [], path }: Operation, security: readonly Json[]): number[] {
  const isGuarded = security.length > 0 || path === '/webhook/{secret}'
  const all = new Set([...errors, ...(method === 'POST' ? [403] : []), ...(isGuarded ? [401] : [])])
  return [...all].filter((status) => answers[status] === undefined).toSorted((a, b) => a - b)
}

const ERROR = {
  description: 'Why not, and what to do',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
}

function toResponse(status: number, answer: z.ZodType | string): Json {
  const description = status < 400 ? 'OK' : 'Not now'
  if (typeof answer === 'string') return { description, content: { [answer]: {} } }
  return { description, content: { 'application/json': { schema: toJsonSchema(answer, 'output') } } }
}

/** `postDuplicateModel`. */
function toOperationId(method: string, path: string): string {
  const words = path === '/' ? ['root'] : path.split(/[^a-z]+/).filter((word) => word !== '')
  return [method.toLowerCase(), ...words.map((word) => word[0]?.toUpperCase() + word.slice(1))].join('')
}

export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  // The document says for all of them which dialect they are.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}
