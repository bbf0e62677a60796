import { LsmlError } from '../errors.ts'
import { isReplaceable } from './convert/mmdeploy-operators.ts'
import type { OnnxInfo, OnnxOperator } from './inspect.ts'

/** Domains that ONNX Runtime brings: docs/OperatorKernels.md and ContribOperators.md of microsoft/onnxruntime. */
const KNOWN_DOMAINS = new Set([
  '',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
])

/**
 * MMDeploy's operators that have no standard one (csrc/mmdeploy/backend_ops/onnxruntime). They live in a library of its
 * own, which onnxruntime-node has no way to load.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  NMSRotated: 'Export the model without its post-processing, or choose one with upright boxes.',
  MMCVRoIAlignRotated: 'Choose a model without rotated regions of interest.',
  NMSMatch: 'Export the model without its post-processing.',
}

/** @throws LsmlError INVALID_MODEL that names each operator that ONNX Runtime does not have */
export function checkOperators(file: string, info: OnnxInfo): void {
  const own = new Set(info.functions.map(operatorName))
  const unknown = info.operators.filter(
    (operator) => !KNOWN_DOMAINS.has(operator.domain) && !own.has(operatorName(operator)),
  )
  if (unknown.length > 0) throw unknownOperators(file, unknown)
}

export function unknownOperators(file: string, operators: readonly OnnxOperator[]): LsmlError {
  const names = operators.map((operator) => `\`${operatorName(operator)}\``).join(', ')
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` uses ${operators.length === 1 ? 'an operator' : 'operators'} that ONNX Runtime does not have: ${names}. ${adviceFor(file, operators)}`,
  )
}

function adviceFor(file: string, operators: readonly OnnxOperator[]): string {
  if (operators.every(isReplaceable)) {
    const converted = `${file.replace(/\.onnx$/i, '')}.converted.onnx`
    return `The standard has its like: run \`lsml models convert ${file} ${converted}\` and use the file that it writes.`
  }
  const advice = operators.map(({ type }) => INSTEAD[type]).filter((line) => line !== undefined)
  return advice.length > 0 ? advice.join(' ') : 'Export it with standard operators only.'
}

function operatorName({ domain, type }: OnnxOperator): string {
  return domain === '' ? type : `${domain}::${type}`
}
