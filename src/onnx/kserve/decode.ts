import { z } from 'zod'
import { LsmlError, toError } from '../../errors.ts'
import { toFloat16 } from '../float16.ts'
import type { Tensor } from '../session.ts'
import { tensorOfBytes, typeOf } from './datatypes.ts'

const outputSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  datatype: z.string(),
  parameters: z.object({ binary_data_size: z.number().int().nonnegative().optional() }).nullish(),
  data: z.unknown().optional(),
})
const answerSchema = z.object({ outputs: z.array(outputSchema) })
type Output = z.output<typeof outputSchema>

/**
 * The tensors of an answer. Those that are in the JSON may be nested lists, as some servers send them.
 *
 * @param headerLength bytes of the JSON, when tensors follow it as bytes
 * @throws LsmlError MODEL_FAILED whose message is the rest of a sentence that begins with the answer
 */
export function decodeAnswer(
  bytes: Uint8Array,
  headerLength: number | undefined,
): Readonly<Record<string, Tensor>> {
  const header = bytes.subarray(0, headerLength)
  const parsed = answerSchema.safeParse(parseJson(new TextDecoder().decode(header)))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw wrong(`is no answer to a request to infer: \`${issue?.path.join('.')}\`: ${issue?.message}`)
  }
  let offset = header.length
  const tensors = parsed.data.outputs.map((output): [string, Tensor] => {
    const size = output.parameters?.binary_data_size
    if (size === undefined) return [output.name, fromJson(output)]
    const content = bytes.subarray(offset, offset + size)
    offset += size
    if (content.length < size) throw wrong(`ends in the middle of the output \`${output.name}\``)
    return [output.name, fromBytes(output, content)]
  })
  return Object.fromEntries(tensors)
}

function fromBytes(output: Output, content: Uint8Array): Tensor {
  const type = knownType(output)
  const size = elements(output) * BYTES[type]
  if (content.length !== size)
    throw wrong(
      `has ${content.length} bytes of the output \`${output.name}\`, whose shape [${output.shape.join(', ')}] makes ${size}`,
    )
  return tensorOfBytes(type, content, output.shape)
}

const BYTES = { float32: 4, float16: 2, int64: 8, int32: 4, uint8: 1, bool: 1 } as const

function fromJson(output: Output): Tensor {
  const type = knownType(output)
  const values = Array.isArray(output.data) ? (output.data.flat(Infinity) as unknown[]) : []
  if (values.length !== elements(output) || !values.every(isNumeric))
    throw wrong(
      `has ${values.length} values of the output \`${output.name}\`, or some that are no numbers, where its shape is [${output.shape.join(', ')}]`,
    )
  const dims = output.shape
  switch (type) {
    case 'float32':
      return { type, data: Float32Array.from(values, Number), dims }
    case 'float16':
      return { type, data: toFloat16(Float32Array.from(values, Number)), dims }
    case 'int64':
      return { type, data: BigInt64Array.from(values, (value) => toBigInt(value, output.name)), dims }
    case 'int32':
      return { type, data: Int32Array.from(values, Number), dims }
    case 'uint8':
    case 'bool':
      return { type, data: Uint8Array.from(values, Number), dims }
  }
}

function isNumeric(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}

/** Numbers beyond 2^53 have lost their last digits when JSON was parsed. */
function toBigInt(value: number | boolean, name: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw wrong(`has \`${value}\` in the output \`${name}\`, which JSON cannot carry as a whole number`)
  return BigInt(value)
}

function knownType({ name, datatype }: Output): Tensor['type'] {
  const type = typeOf(datatype)
  if (type === undefined)
    throw wrong(`has the output \`${name}\` as \`${datatype}\`, which lsml does not read`)
  return type
}

function elements({ shape }: Output): number {
  return shape.reduce((product, axis) => product * axis, 1)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw wrong(`is not JSON: ${toError(error).message}`)
  }
}

function wrong(what: string): LsmlError {
  return new LsmlError('MODEL_FAILED', what)
}
