import type { Session, TensorInfo } from '../onnx/session.ts'

/** What a model takes and gives, for messages: `x float32 [n, 3, 32, ?] → y float32 [n, ?, 97]`. */
export function describeModel({ inputs, outputs }: Session): string {
  return `\`${inputs.map(describeTensor).join('; ')} → ${outputs.map(describeTensor).join('; ')}\``
}

function describeTensor({ name, type, shape }: TensorInfo): string {
  const axes = shape?.map((axis) => axis ?? '?').join(', ') ?? 'of a shape that it does not say'
  return `${name} ${type} ${shape === undefined ? axes : `[${axes}]`}`
}
