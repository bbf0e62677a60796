import { LsmlError, toLsmlError } from '../../errors.ts'
import type { RunOptions, Session, Tensor, TensorInfo } from '../session.ts'
import { parseModelAddress } from './address.ts'
import { createModelServer, errorText, type ModelServerOptions } from './client.ts'
import { decodeAnswer } from './decode.ts'
import { encodeFeeds, HEADER_LENGTH } from './encode.ts'
import { readModel } from './read-model.ts'

/** What a manifest says of a model, for servers that say nothing of it. */
export interface DeclaredTensors {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
}

export interface OpenRemoteOptions extends ModelServerOptions {
  readonly declared?: DeclaredTensors | undefined
}

export interface OpenedRemote {
  readonly session: Session
  /** The server, such as `http://host:8000`. */
  readonly device: string
  /** The most rows of axis 0 that one run may have, where the server has a limit. */
  readonly maxRows: number | undefined
}

/**
 * Opens a model on a server that speaks the Open Inference Protocol v2: Triton, KServe, MLServer, OpenVINO Model Server.
 *
 * @see https://github.com/kserve/open-inference-protocol
 * @throws LsmlError INVALID_MODEL, MODEL_NOT_FOUND, MODEL_UNAVAILABLE
 */
export async function openRemoteSession(
  address: string,
  options: OpenRemoteOptions = {},
): Promise<OpenedRemote> {
  const parsed = parseModelAddress(address)
  const server = createModelServer(parsed.origin, options)
  const model = await readModel(server, parsed)
  const inputs = model.inputs.length > 0 ? model.inputs : (options.declared?.inputs ?? [])
  const outputs = model.outputs.length > 0 ? model.outputs : (options.declared?.outputs ?? [])
  if (inputs.length === 0 || outputs.length === 0)
    throw new LsmlError(
      'INVALID_MODEL',
      `The server does not say what \`${parsed.text}\` takes and gives. Declare its inputs and outputs on the server, or describe it in a \`manifest.json\` with \`engine\` and \`url\`.`,
    )
  const fail = (reason: string, cause?: unknown) =>
    new LsmlError('MODEL_FAILED', `The model \`${parsed.text}\` failed: ${reason}`, { cause })

  let released = false
  const run = async (feeds: Readonly<Record<string, Tensor>>, { signal }: RunOptions = {}) => {
    if (released) throw fail('it was released and can no longer be run. Open it again.')
    const mistake = mistakeIn(feeds, inputs)
    if (mistake !== undefined) throw fail(mistake)
    const answer = await server.request(`${parsed.url}/infer`, {
      method: 'POST',
      ...encodeFeeds(feeds, model.tensors),
      signal,
    })
    if (answer.status !== 200) throw fail(`the server answered ${errorText(answer)}`)
    const headerLength = answer.headers.get(HEADER_LENGTH)
    try {
      return decodeAnswer(answer.bytes, headerLength === null ? undefined : Number(headerLength))
    } catch (error) {
      throw fail(`the server's answer ${toLsmlError(error, 'MODEL_FAILED').message}.`, error)
    }
  }
  const session: Session = {
    inputs,
    outputs,
    run,
    async release() {
      released = true
    },
  }
  return { session, device: parsed.origin, maxRows: model.maxRows }
}

/** What a server would refuse, each in its own words. @returns undefined when nothing is wrong */
function mistakeIn(
  feeds: Readonly<Record<string, Tensor>>,
  inputs: readonly TensorInfo[],
): string | undefined {
  const unknown = Object.keys(feeds).find((name) => !inputs.some((input) => input.name === name))
  if (unknown !== undefined)
    return `it has no input \`${unknown}\`, but ${inputs.map(({ name }) => `\`${name}\``).join(', ')}.`
  for (const { name, type, shape } of inputs) {
    const tensor = feeds[name]
    if (tensor === undefined) return `its input \`${name}\` was not given.`
    const { dims, data } = tensor
    const given = `${tensor.type} [${dims.join(', ')}]`
    if (data.length !== dims.reduce((product, axis) => product * axis, 1))
      return `${data.length} numbers were given for its input \`${name}\` as ${given}.`
    const fits =
      shape === undefined ||
      (shape.length === dims.length &&
        shape.every((axis, index) => typeof axis !== 'number' || axis === dims[index]))
    if (tensor.type !== type || !fits)
      return `its input \`${name}\` is ${type} [${shape?.map((axis) => axis ?? '?').join(', ') ?? 'of any shape'}], and was given ${given}.`
  }
  return undefined
}
