import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspectOnnx } from '../../../src/onnx/inspect.ts'
import type { TensorInfo } from '../../../src/onnx/session.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { freePort } from '../../_helpers/free-port.ts'

const START_TIMEOUT_MS = 2 * 60_000
const STOP_TIMEOUT_MS = 10_000
const DATATYPES: Readonly<Record<string, string>> = {
  float32: 'FP32',
  float16: 'FP16',
  int64: 'INT64',
  int32: 'INT32',
  uint8: 'UINT8',
  bool: 'BOOL',
}

export interface Mlserver extends AsyncDisposable {
  readonly origin: string
  /** Of a model, as lsml takes it. */
  address(model: string, version?: string): string
}

/**
 * Starts an MLServer on this machine only, which serves ONNX files under these names, in the version 1.
 *
 * @throws Error with the end of its log, when it does not get ready
 */
export async function startMlserver(
  executable: string,
  models: Readonly<Record<string, string>>,
): Promise<Mlserver> {
  const dir = tempDir()
  const [port, grpcPort, metricsPort] = [await freePort(), await freePort(), await freePort()]
  writeJson(join(dir.path, 'settings.json'), {
    host: '127.0.0.1',
    http_port: port,
    grpc_port: grpcPort,
    metrics_port: metricsPort,
    // In the process of the server: others would hold copies of the models.
    parallel_workers: 0,
  })
  for (const [name, file] of Object.entries(models)) {
    const { inputs, outputs } = await inspectOnnx(file)
    mkdirSync(join(dir.path, name))
    writeJson(join(dir.path, name, 'model-settings.json'), {
      name,
      implementation: 'onnx_runtime.OnnxModel',
      inputs: inputs.map(toMetadata),
      outputs: outputs.map(toMetadata),
      parameters: { uri: file, version: '1' },
    })
  }
  const log = Bun.file(join(dir.path, 'mlserver.log'))
  const child = Bun.spawn([executable, 'start', dir.path], {
    cwd: dir.path,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: dir.path, PYTHONPATH: import.meta.dir },
    stdin: 'ignore',
    stdout: log,
    stderr: log,
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await child.exited
    clearTimeout(killing)
    dir[Symbol.dispose]()
  }
  const origin = `http://127.0.0.1:${port}`
  try {
    await untilReady(origin, () => child.exitCode ?? undefined)
  } catch (error) {
    const end = (await log.text()).split('\n').slice(-30).join('\n')
    await stop()
    throw new Error(`MLServer did not start: ${String(error)}\n${end}`, { cause: error })
  }
  return {
    origin,
    address: (model, version) =>
      `kserve+${origin}/models/${model}${version === undefined ? '' : `/versions/${version}`}`,
    [Symbol.asyncDispose]: stop,
  }
}

function toMetadata({ name, type, shape = [] }: TensorInfo) {
  return {
    name,
    datatype: DATATYPES[type] ?? type,
    shape: shape.map((axis) => (typeof axis === 'number' ? axis : -1)),
  }
}

function writeJson(path: string, content: object): void {
  writeFileSync(path, JSON.stringify(content))
}

async function untilReady(origin: string, exitCode: () => number | undefined): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    const code = exitCode()
    if (code !== undefined) throw new Error(`it ended with ${code}`)
    const signal = AbortSignal.timeout(2000)
    const response = await fetch(`${origin}/v2/health/ready`, { signal }).catch(() => undefined)
    if (response?.ok) return
    await Bun.sleep(200)
  }
  throw new Error(`it was not ready after ${START_TIMEOUT_MS / 1000} s`)
}
