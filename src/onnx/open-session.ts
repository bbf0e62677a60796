import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { LsmlError, toError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Device, deviceName, devicesToTry, parseDevice } from './device.ts'
import { inspectOnnx, type OnnxInfo } from './inspect.ts'
import { checkOperators, unknownOperators } from './operators.ts'
import { missingLibrary } from './runtime-files.ts'
import type { Session, Tensor, TensorInfo } from './session.ts'
import { disableTelemetry } from './telemetry.ts'

type Ort = typeof import('onnxruntime-node')

export interface OpenSessionOptions {
  /** @default 'auto' */
  readonly device?: string | undefined
  /** Threads inside one operator. @default 1 */
  readonly threads?: number | undefined
  readonly log?: Logger | undefined
}

export interface OpenedSession {
  readonly session: Session
  /** The device that was taken, such as `cuda:0`. */
  readonly device: string
  /** Devices that were tried first, and why they were not taken. */
  readonly fellAway: readonly { readonly device: string; readonly reason: string }[]
  readonly info: OnnxInfo
}

/**
 * Opens an ONNX file on the first device that takes it. The file is inspected first, so that what is wrong with it is
 * said in terms of the model.
 *
 * @throws LsmlError USAGE, MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE
 */
export async function openSession(file: string, options: OpenSessionOptions = {}): Promise<OpenedSession> {
  const wanted = parseDevice(options.device ?? 'auto')
  const info = await inspectOnnx(file)
  checkOperators(file, info)
  checkExternalData(file, info)
  await disableTelemetry()
  const ort = await importOrt()
  const fellAway: { device: string; reason: string }[] = []
  for (const device of devicesToTry(wanted)) {
    const missing = await missingLibrary(device.kind)
    if (missing === undefined) {
      try {
        const native = await ort.InferenceSession.create(file, sessionOptions(device, options.threads ?? 1))
        const name = deviceName(device)
        logDevice(options.log, name, fellAway)
        return { session: wrap(ort, native, file), device: name, fellAway, info }
      } catch (error) {
        // The CPU takes every model that is in order.
        if (device.kind === 'cpu') throw loadError(file, toError(error))
        fellAway.push({ device: deviceName(device), reason: firstLine(toError(error)) })
      }
    } else fellAway.push({ device: deviceName(device), reason: missing })
  }
  const reason = fellAway.map((each) => each.reason).join('; ')
  throw new LsmlError(
    'DEVICE_UNAVAILABLE',
    `The device \`${options.device}\` cannot be used: ${reason}. Or choose \`auto\` or \`cpu\`.`,
  )
}

function sessionOptions(device: Device, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [
      ...(device.kind === 'cpu'
        ? []
        : [
            device.kind === 'webgpu'
              ? ('webgpu' as const)
              : { name: device.kind as 'cuda', deviceId: device.index },
          ]),
      'cpu',
    ],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    // Spinning threads burn the cores that other workers need.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    // Only what is fatal: every error is thrown as well, and would stand on stderr a second time in red.
    logSeverityLevel: 4,
  }
}

async function importOrt(): Promise<Ort> {
  try {
    const ort = await import('onnxruntime-node')
    ort.env.logLevel = 'fatal'
    return ort
  } catch (error) {
    const { message } = toError(error)
    const advice = /Cannot find (package|module) '?onnxruntime-node/.test(message)
      ? 'Install it with `bun add onnxruntime-node`.'
      : 'It has builds for Linux with glibc 2.28 or later (not Alpine), for macOS on Apple silicon (not Intel) and for Windows.'
    throw new LsmlError(
      'DEVICE_UNAVAILABLE',
      `ONNX Runtime cannot be loaded on \`${process.platform} ${process.arch}\`. ${advice} (${message})`,
      { cause: error },
    )
  }
}

function checkExternalData(file: string, info: OnnxInfo): void {
  const missing = info.externalData.filter((name) => !existsSync(join(dirname(file), name)))
  if (missing.length === 0) return
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` keeps its weights in \`${missing.join('`, `')}\`, which is not beside it. Copy it there, with the same name.`,
  )
}

function loadError(file: string, error: Error): LsmlError {
  const reason = firstLine(error)
  const operator = /([\w.]*):?(\w+)\(-?\d+\) is not a registered function/.exec(reason)
  if (operator !== null) {
    return unknownOperators(file, [
      { domain: operator[1]?.replace('ai.onnx', '') ?? '', type: operator[2] ?? '' },
    ])
  }
  const unregistered = /No Op registered for (\w+)/.exec(reason)?.[1]
  if (unregistered !== undefined) return unknownOperators(file, [{ domain: '', type: unregistered }])
  const advice = /opset|ir.?version/i.test(reason)
    ? 'It was exported for a newer ONNX Runtime: export it again with an older opset, such as 17.'
    : 'Export it again.'
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` cannot be loaded: ${reason.replace(/\.$/, '')}. ${advice}`,
    { cause: error },
  )
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0]?.slice(0, 500) ?? ''
}

const logged = new WeakMap<Logger, Set<string>>()

/** Once per logger and outcome: every model would say the same. */
function logDevice(log: Logger | undefined, device: string, fellAway: OpenedSession['fellAway']): void {
  if (log === undefined) return
  const line = `${device}: ${fellAway.map((each) => each.device + each.reason).join()}`
  const lines = logged.get(log) ?? new Set()
  logged.set(log, lines)
  if (lines.has(line)) return
  lines.add(line)
  log.info(`Models run on ${device}`)
  for (const { device: other, reason } of fellAway) log.info(`${other} was not taken: ${reason}`)
}

function wrap(ort: Ort, native: InferenceSession, file: string): Session {
  const running = new Set<Promise<unknown>>()
  let released: Promise<void> | undefined
  const fail = (message: string, cause?: unknown) =>
    new LsmlError('MODEL_FAILED', `The model \`${file}\` failed: ${message}`, { cause })
  return {
    inputs: native.inputMetadata.map(tensorInfo),
    outputs: native.outputMetadata.map(tensorInfo),
    async run(feeds) {
      if (released !== undefined) throw fail('it was released and can no longer be run. Open it again.')
      const run = native.run(
        Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrt(ort, tensor, fail)])),
      )
      running.add(run)
      try {
        const outputs = Object.entries(await run)
        return Object.fromEntries(outputs.map(([name, tensor]) => [name, fromOrt(name, tensor)]))
      } catch (error) {
        throw error instanceof LsmlError ? error : fail(`${firstLine(toError(error))}`, error)
      } finally {
        running.delete(run)
      }
    },
    release() {
      // A run that was begun is let finish: it reads memory that would be freed.
      released ??= Promise.allSettled(running).then(() => native.release())
      return released
    },
  }
}

function tensorInfo(info: InferenceSession.ValueMetadata): TensorInfo {
  if (!info.isTensor) return { name: info.name, type: 'not a tensor', shape: undefined }
  const shape = info.shape.map((axis) => (axis === '' || axis === -1 ? undefined : axis))
  return { name: info.name, type: info.type, shape }
}

function toOrt(ort: Ort, tensor: Tensor, fail: (message: string, cause: unknown) => LsmlError): OrtTensor {
  try {
    const made = new ort.Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims)
    // ONNX Runtime makes a Float16Array of the bits where there is one, and Bun's native interface sees it as empty.
    if (tensor.type === 'float16') Object.assign(made, { cpuData: tensor.data })
    return made
  } catch (error) {
    throw fail(`an input cannot be used: ${firstLine(toError(error))}`, error)
  }
}

function fromOrt(name: string, { type, data, dims }: OrtTensor): Tensor {
  switch (type) {
    case 'float32':
      return { type, data: data as Float32Array, dims }
    case 'float16': {
      // Newer runtimes hand out a Float16Array; the bits are the same.
      const { buffer, byteOffset, length } = data as Uint16Array
      return { type, data: new Uint16Array(buffer, byteOffset, length), dims }
    }
    case 'int64':
      return { type, data: data as BigInt64Array, dims }
    case 'int32':
      return { type, data: data as Int32Array, dims }
    case 'uint8':
    case 'bool':
      return { type, data: data as Uint8Array, dims }
    default:
      throw new LsmlError(
        'MODEL_FAILED',
        `The output \`${name}\` has the type \`${type}\`, which lsml does not read.`,
      )
  }
}
