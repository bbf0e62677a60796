import type { Session, Tensor } from '../../src/onnx/session.ts'

export interface ModelServerFixtureOptions {
  /** Whether it has the binary tensor extension, and says so. @default false */
  readonly binary?: boolean
  /** Whether tensors in JSON are lists of lists, one level an axis. @default false */
  readonly nested?: boolean
  /** As Triton has it: larger requests are refused. @default no limit, and no such extension */
  readonly maxBatchSize?: number
  /** Whether it says what models take and give. @default true */
  readonly describes?: boolean
  /** Answers in its place. */
  readonly intercept?: (request: Request) => Response | undefined | Promise<Response | undefined>
}

export interface ModelServerFixture extends Disposable {
  /** Of a model, as lsml takes it. */
  address(model: string, version?: string): string
  readonly origin: string
  /** Method and path of each request, with `binary` after those that had binary tensors. */
  readonly requests: readonly string[]
}

interface ProtocolTensor {
  readonly name: string
  readonly shape: number[]
  readonly datatype: keyof typeof TYPES
  readonly data?: unknown[]
  readonly parameters?: { readonly binary_data_size?: number }
}

const TYPES = {
  FP32: ['float32', Float32Array],
  FP16: ['float16', Uint16Array],
  INT64: ['int64', BigInt64Array],
  INT32: ['int32', Int32Array],
  UINT8: ['uint8', Uint8Array],
  BOOL: ['bool', Uint8Array],
} as const

/**
 * A server of the Open Inference Protocol v2 over sessions of this process, written from the protocol's text and without
 * a line of what it tests. Models have the versions `1` and `2`, which are the same.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export function serveModels(
  models: Readonly<Record<string, Session>>,
  options: ModelServerFixtureOptions = {},
): ModelServerFixture {
  const { binary = false, maxBatchSize, describes = true } = options
  const requests: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const isBinary = request.headers.has('inference-header-content-length')
      requests.push(`${request.method} ${pathname}${isBinary ? ' binary' : ''}`)
      const intercepted = await options.intercept?.(request)
      if (intercepted !== undefined) return intercepted
      if (pathname === '/v2/health/ready') return new Response()
      if (pathname === '/v2') {
        const extensions = ['model_repository', ...(binary ? ['binary_tensor_data'] : [])]
        return Response.json({ name: 'fixture', version: '1', extensions })
      }
      if (pathname === '/v2/repository/index')
        return Response.json(Object.keys(models).map((name) => ({ name, state: 'READY' })))
      const [, name = '', version = '1', verb] =
        /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|config|infer))?$/.exec(pathname) ?? []
      const session = models[name]
      if (session === undefined || !['1', '2'].includes(version))
        return fail(`Request for unknown model: '${name}' is not found`)
      if (verb === 'ready') return new Response()
      if (verb === 'config')
        return maxBatchSize === undefined
          ? new Response('no', { status: 404 })
          : Response.json({ name, max_batch_size: maxBatchSize })
      if (verb === 'infer') return infer(session, request, options)
      const facts = { inputs: describeTensors(session.inputs), outputs: describeTensors(session.outputs) }
      return Response.json({ name, versions: ['1', '2'], platform: 'onnx', ...(describes && facts) })
    },
  })
  const { origin } = server.url
  return {
    origin,
    requests,
    address: (model, version) =>
      `kserve+${origin}/models/${model}${version === undefined ? '' : `/versions/${version}`}`,
    [Symbol.dispose]: () => void server.stop(true),
  }
}

/** Tensors as the metadata of a model has them. */
export function describeTensors(tensors: Session['inputs']) {
  return tensors.map(({ name, type, shape = [] }) => ({
    name,
    datatype: datatypeOf(type),
    shape: shape.map((axis) => (typeof axis === 'number' ? axis : -1)),
  }))
}

async function infer(
  session: Session,
  request: Request,
  { binary = false, nested = false, maxBatchSize = Infinity }: ModelServerFixtureOptions,
): Promise<Response> {
  const bytes = await request.bytes()
  const length = Number(request.headers.get('inference-header-content-length') ?? bytes.length)
  if (length < bytes.length && !binary) return fail('This server has no binary tensors')
  const body = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as {
    readonly inputs: readonly ProtocolTensor[]
    readonly parameters?: { readonly binary_data_output?: boolean }
  }
  let offset = length
  const feeds: Record<string, Tensor> = {}
  for (const { name, shape, datatype, data = [], parameters } of body.inputs) {
    const [type, Numbers] = TYPES[datatype]
    const size = parameters?.binary_data_size
    if ((shape[0] ?? 0) > maxBatchSize)
      return fail(`inference request batch-size must be <= ${maxBatchSize} for 'x'`)
    const numbers =
      size === undefined ? toNumbers(datatype, data) : new Numbers(bytes.slice(offset, offset + size).buffer)
    feeds[name] = { type, data: numbers, dims: shape } as Tensor
    offset += size ?? 0
  }
  let outputs: Readonly<Record<string, Tensor>>
  try {
    outputs = await session.run(feeds)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  const contents: Uint8Array[] = []
  const described = Object.entries(outputs).map(([name, { type, data, dims }]) => {
    const datatype = datatypeOf(type)
    if (body.parameters?.binary_data_output === true) {
      contents.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      return { name, shape: dims, datatype, parameters: { binary_data_size: data.byteLength } }
    }
    const numbers = type === 'float16' ? new Float16Array(data.slice().buffer) : data
    const values = Array.from(numbers as Iterable<number | bigint>, (value) =>
      type === 'bool' ? value === 1 : Number(value),
    )
    return { name, shape: dims, datatype, data: nested ? nest(values, dims) : values }
  })
  const json = new TextEncoder().encode(JSON.stringify({ model_name: 'x', outputs: described }))
  return new Response(new Blob([json, ...(contents as Uint8Array<ArrayBuffer>[])]), {
    headers:
      contents.length > 0
        ? {
            'content-type': 'application/octet-stream',
            'inference-header-content-length': String(json.length),
          }
        : { 'content-type': 'application/json' },
  })
}

function toNumbers(datatype: ProtocolTensor['datatype'], values: readonly unknown[]): Tensor['data'] {
  if (datatype === 'FP16') return new Uint16Array(Float16Array.from(values, Number).buffer)
  if (datatype === 'INT64') return BigInt64Array.from(values as number[], BigInt)
  return new TYPES[datatype][1](values.map(Number) as never) as Tensor['data']
}

function nest(values: readonly unknown[], dims: readonly number[]): unknown {
  if (dims.length <= 1) return values
  const rows = dims[0] ?? 0
  const size = values.length / rows
  return Array.from({ length: rows }, (_, row) =>
    nest(values.slice(row * size, (row + 1) * size), dims.slice(1)),
  )
}

function datatypeOf(type: string): string {
  return Object.entries(TYPES).find(([, [name]]) => name === type)?.[0] ?? 'BYTES'
}

/** Triton answers 400 to whatever it cannot do. */
function fail(error: string): Response {
  return Response.json({ error }, { status: 400 })
}
