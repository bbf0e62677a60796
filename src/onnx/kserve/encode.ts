import { LsmlError } from '../../errors.ts'
import { fromFloat16 } from '../float16.ts'
import type { Tensor } from '../session.ts'
import { DATATYPES } from './datatypes.ts'

export interface InferBody {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** Of the binary tensor extension: bytes of the JSON that stands before the tensors. */
export const HEADER_LENGTH = 'inference-header-content-length'

type Feeds = Readonly<Record<string, Tensor>>

/**
 * The body of a request to infer, with the tensors as JSON or, after it, as bytes.
 *
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 * @throws LsmlError MODEL_FAILED for numbers that JSON does not have
 */
export function encodeFeeds(feeds: Feeds, tensors: 'json' | 'binary'): InferBody {
  return tensors === 'binary' ? encodeBinary(feeds) : encodeJson(feeds)
}

function encodeBinary(feeds: Feeds): InferBody {
  const contents = Object.values(feeds).map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  )
  const inputs = Object.entries(feeds).map(([name, tensor]) =>
    describe(name, tensor, { parameters: { binary_data_size: tensor.data.byteLength } }),
  )
  const json = new TextEncoder().encode(JSON.stringify({ inputs, parameters: { binary_data_output: true } }))
  const body = new Uint8Array(contents.reduce((length, each) => length + each.length, json.length))
  body.set(json)
  let offset = json.length
  for (const content of contents) {
    body.set(content, offset)
    offset += content.length
  }
  return {
    headers: { 'content-type': 'application/octet-stream', [HEADER_LENGTH]: String(json.length) },
    body,
  }
}

function encodeJson(feeds: Feeds): InferBody {
  const inputs = Object.entries(feeds).map(([name, tensor]) => {
    const facts = JSON.stringify(describe(name, tensor))
    return `${facts.slice(0, -1)},"data":[${numbers(name, tensor)}]}`
  })
  return { headers: { 'content-type': 'application/json' }, body: `{"inputs":[${inputs.join(',')}]}` }
}

function describe(name: string, { type, dims }: Tensor, more: object = {}) {
  return { name, shape: dims, datatype: DATATYPES[type], ...more }
}

/** Joined by hand: `JSON.stringify` refuses 64 bit integers. */
function numbers(name: string, { type, data }: Tensor): string {
  if (type === 'bool') return Array.from(data, (value) => value !== 0).join(',')
  const text = (type === 'float16' ? fromFloat16(data) : data).join(',')
  if (!/N|I/.test(text)) return text
  throw new LsmlError(
    'MODEL_FAILED',
    `The input \`${name}\` holds a number that is infinite or none, which cannot be sent as JSON.`,
  )
}
