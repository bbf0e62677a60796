import { LsmlError } from '../../errors.ts'
import type { Session } from '../../onnx/session.ts'

export interface CtcOutput {
  /** `[lines, steps, classes]` */
  readonly data: Float32Array
  readonly steps: number
  readonly classes: number
}

/**
 * One run of a model with one input `[lines, planes, height, width]` and one output `[lines, steps, classes]`.
 *
 * @throws LsmlError MODEL_FAILED, INVALID_MODEL for another layout of the output
 */
export async function runCtc(
  session: Session,
  name: string,
  input: { readonly data: Float32Array; readonly dims: readonly number[] },
): Promise<CtcOutput> {
  const inputName = session.inputs[0]?.name ?? ''
  const outputName = session.outputs[0]?.name ?? ''
  const output = (await session.run({ [inputName]: { type: 'float32', ...input } }))[outputName]
  const [lines, steps, classes] = output?.dims ?? []
  if (
    output?.type !== 'float32' ||
    output.dims.length !== 3 ||
    lines !== input.dims[0] ||
    steps === undefined ||
    classes === undefined
  )
    throw new LsmlError(
      'INVALID_MODEL',
      `The recognizer \`${name}\` answered \`${outputName}\` as ${output?.type} of [${output?.dims.join(', ')}] to a tensor of [${input.dims.join(', ')}]: [${input.dims[0]}, steps, classes] of float32 was expected.`,
    )
  return { data: output.data, steps, classes }
}

/** A run on lines that are all 0, to learn what the model does not say of its output. */
export function runEmpty(session: Session, name: string, dims: readonly number[]): Promise<CtcOutput> {
  return runCtc(session, name, { data: new Float32Array(dims.reduce((a, b) => a * b, 1)), dims })
}
