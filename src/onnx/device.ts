import leven from 'leven'
import { LsmlError } from '../errors.ts'

export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu', 'tensorrt'] as const
export type DeviceKind = (typeof DEVICES)[number]

export interface Device {
  readonly kind: DeviceKind
  /** Which GPU, for cuda and tensorrt. */
  readonly index: number
}

/** Other names of devices. By its letters `gpu` is next to `cpu`, which nobody means. */
const MEANT: Readonly<Record<string, DeviceKind>> = {
  gpu: 'cuda',
  nvidia: 'cuda',
  trt: 'tensorrt',
  webgl: 'webgpu',
}

/**
 * A list such as `cuda:0,1` or `cuda:0,cuda:1`: a bare number is another device of the kind before it.
 *
 * @throws LsmlError USAGE
 */
export function parseDevices(text: string): readonly Device[] {
  let kind = ''
  return text.split(',').map((part) => {
    const device = parseDevice(/^\s*\d+\s*$/.test(part) ? `${kind}:${part.trim()}` : part)
    kind = device.kind
    return device
  })
}

/**
 * `auto`, `cpu`, `cuda`, `cuda:1`, `webgpu`, `tensorrt`, `tensorrt:1`.
 *
 * @throws LsmlError USAGE
 */
export function parseDevice(text: string): Device {
  if (text.includes(',')) {
    throw new LsmlError(
      'USAGE',
      `\`${text}\` are several devices, and a model runs on one. Give a list to \`--device\`, which puts a worker on each.`,
    )
  }
  const [, name = '', index] = /^([a-z]+)(?::(\d{1,3}))?$/.exec(text.trim().toLowerCase()) ?? []
  const kind = DEVICES.find((device) => device === name)
  if (kind !== undefined && (index === undefined || kind === 'cuda' || kind === 'tensorrt')) {
    return { kind, index: Number(index ?? 0) }
  }
  if (kind !== undefined) {
    throw new LsmlError('USAGE', `The device \`${text}\` takes no number. Write \`${kind}\`.`)
  }
  const wanted = text.trim().toLowerCase().split(':')[0] ?? ''
  const near =
    (Object.hasOwn(MEANT, wanted) ? MEANT[wanted] : undefined) ??
    DEVICES.map((name) => ({ name, distance: leven(name, wanted) }))
      .filter(({ distance }) => distance <= 2)
      .toSorted((a, b) => a.distance - b.distance)[0]?.name
  const hint = near === undefined ? '' : `Did you mean \`${near}\`? `
  throw new LsmlError(
    'USAGE',
    `There is no device \`${text}\`. ${hint}Known are: ${DEVICES.join(', ')}, and cuda:1 for the second GPU.`,
  )
}

export function deviceName({ kind, index }: Device): string {
  return kind === 'cuda' || kind === 'tensorrt' ? `${kind}:${index}` : kind
}

/**
 * What to try, in order. `auto` means CUDA, then the CPU. TensorRT is not part of it: it compiles each model for
 * minutes and must be asked for. Nor is WebGPU: its adapter may be a software one that is slower than the CPU, and
 * nothing tells the two apart before the session exists.
 */
export function devicesToTry(device: Device): readonly Device[] {
  if (device.kind !== 'auto') return [device]
  return [
    { kind: 'cuda', index: 0 },
    { kind: 'cpu', index: 0 },
  ]
}
