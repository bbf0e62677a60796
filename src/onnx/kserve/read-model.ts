import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import type { TensorInfo } from '../session.ts'
import type { ModelAddress } from './address.ts'
import { errorText, type ModelServer, type ServerAnswer } from './client.ts'
import { typeName } from './datatypes.ts'

/** What a server says of a model. */
export interface RemoteModel {
  /** Empty where the server does not say. */
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /** The most rows of axis 0 that one request may have, where there is a limit. */
  readonly maxRows: number | undefined
  readonly tensors: 'json' | 'binary'
}

const tensorSchema = z
  .object({ name: z.string(), datatype: z.string(), shape: z.array(z.number().int()) })
  .transform(({ name, datatype, shape }): TensorInfo => ({
    name,
    type: typeName(datatype),
    shape: shape.map((axis) => (axis < 0 ? undefined : axis)),
  }))
const modelSchema = z.object({
  versions: z.array(z.string()).nullish(),
  inputs: z.array(tensorSchema).nullish(),
  outputs: z.array(tensorSchema).nullish(),
})
const serverSchema = z.object({ extensions: z.array(z.string()).catch([]) })
/** Of Triton's extension `model_configuration`. */
const configSchema = z.object({ max_batch_size: z.number().int() })
/** Of the extension `model_repository`, which Triton and MLServer have. */
const indexSchema = z.array(z.object({ name: z.string() }))

/**
 * Asks a server for a model.
 *
 * @throws LsmlError MODEL_UNAVAILABLE when the server or the model is not ready, MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function readModel(server: ModelServer, address: ModelAddress): Promise<RemoteModel> {
  await checkReady(server, address)
  const answer = await server.request(address.url)
  if (answer.status !== 200) throw await unknownModel(server, address, answer)
  const metadata = parse(modelSchema, answer)
  if (metadata === undefined)
    throw new LsmlError(
      'INVALID_MODEL',
      `The answer of \`${address.url}\` describes no model of the Open Inference Protocol v2. Is it such a server, and is the address right?`,
    )
  const ready = await server.request(`${address.url}/ready`)
  if (ready.status >= 400 && !isUnsupported(ready))
    throw new LsmlError(
      'MODEL_UNAVAILABLE',
      `The model \`${address.text}\` is not ready (${errorText(ready)}). Wait until the server has loaded it, or see its log.`,
    )
  const [config, facts] = await Promise.all([
    optional(server, `${address.url}/config`, configSchema),
    address.tensors === undefined ? optional(server, address.root, serverSchema) : undefined,
  ])
  const canBinary = facts?.extensions.some((name) => name.startsWith('binary_tensor_data')) === true
  return {
    inputs: metadata.inputs ?? [],
    outputs: metadata.outputs ?? [],
    maxRows: config !== undefined && config.max_batch_size > 0 ? config.max_batch_size : undefined,
    tensors: address.tensors ?? (canBinary ? 'binary' : 'json'),
  }
}

async function checkReady(server: ModelServer, { root }: ModelAddress): Promise<void> {
  const answer = await server.request(`${root}/health/ready`)
  if (answer.status < 400 || isUnsupported(answer)) return
  throw new LsmlError(
    'MODEL_UNAVAILABLE',
    `The model server \`${root}\` is not ready (${errorText(answer)}). Wait until it has loaded its models, or see its log.`,
  )
}

/** Gateways may let through the models and nothing else. */
function isUnsupported({ status }: ServerAnswer): boolean {
  return status === 404 || status === 405 || status === 501
}

/** Which models or versions there are is asked too, where the server tells. */
async function unknownModel(
  server: ModelServer,
  address: ModelAddress,
  answer: ServerAnswer,
): Promise<LsmlError> {
  const { model, version, root, url, text } = address
  const general =
    version === undefined ? undefined : await optional(server, url.replace(/\/versions\/.*/, ''), modelSchema)
  const known =
    general === undefined
      ? (await optional(server, `${root}/repository/index`, indexSchema, 'POST'))?.map(({ name }) => name)
      : general.versions
  const wanted = general === undefined ? `model \`${model}\`` : `version \`${version}\` of \`${model}\``
  const list = known == null ? '' : ` Known are: ${known.join(', ') || 'none'}.`
  return new LsmlError(
    'MODEL_NOT_FOUND',
    `There is no ${wanted} at \`${text}\` (${errorText(answer)}).${list} Check the name, and the server's log.`,
  )
}

/** What not every server has. */
async function optional<Schema extends z.ZodType>(
  server: ModelServer,
  url: string,
  schema: Schema,
  method: 'GET' | 'POST' = 'GET',
): Promise<z.output<Schema> | undefined> {
  const body = { headers: { 'content-type': 'application/json' }, body: '{}' }
  const answer = await server.request(url, { method, ...(method === 'POST' && body) })
  return answer.status === 200 ? parse(schema, answer) : undefined
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  { bytes }: ServerAnswer,
): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data
  } catch {
    return undefined
  }
}
