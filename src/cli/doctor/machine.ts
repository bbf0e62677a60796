import { existsSync } from 'node:fs'
import { toError } from '../../errors.ts'
import { deviceName, parseDevices } from '../../onnx/device.ts'
import { openSession } from '../../onnx/open-session.ts'
import type { HostSettings } from '../../projects/settings.ts'
import { missingLibrary } from '../../onnx/runtime-files.ts'
import { problemOf } from '../models/verify.ts'
import { openStore } from '../models/store.ts'
import type { Environment } from '../environment.ts'
import { packageVersion } from '../package.ts'
import { runtimeProblem } from '../runtime.ts'
import { type Check, failed, ok, warning } from './check.ts'

/**
 * lsml, Bun, the models that are here, ONNX Runtime, and the devices asked for.
 */
export async function* checkMachine(
  { device = 'auto', modelDirectories: folders = [] }: HostSettings,
  env: Environment,
): AsyncGenerator<Check> {
  yield ok('lsml', packageVersion())
  const { bun } = process.versions
  const problem = runtimeProblem(bun)
  yield problem === undefined
    ? ok('Bun', `${bun ?? ''} on ${process.platform} ${process.arch}`)
    : failed('Bun', new Error(problem))

  const stores = await Promise.all(folders.map((folder) => openStore({ 'model-dir': folder }, env)))
  const found = stores.flatMap(({ models }) => models.filter(({ local }) => local !== undefined))
  // Those that ship are in every list, behind those of all folders.
  const inOrder = found.toSorted((a, b) => Number(a.state === 'ships') - Number(b.state === 'ships'))
  const here = inOrder.filter(({ name }, index) => inOrder.findIndex((each) => each.name === name) === index)
  const broken: string[] = []
  for (const model of here) {
    const wrong = await problemOf(model)
    if (wrong !== undefined) broken.push(`${model.name}: ${wrong}`)
  }
  yield broken.length === 0
    ? ok('models', `${here.length} on this machine, all as their SHA-256 says`)
    : failed('models', new Error(`${broken.join('; ')}. Pull or add them again, or reinstall lsml.`))

  const file = here.find((model) => isOpenable(model.file))?.file
  if (file === undefined) {
    yield warning(
      'ONNX Runtime',
      'was not tried: no model is on this machine. Reinstall lsml, whose models ship.',
    )
    return
  }
  yield await checkDevice('ONNX Runtime', file, 'cpu')
  for (const each of parseDevices(device)) {
    if (each.kind === 'cpu') continue
    yield each.kind === 'auto'
      ? await describeAuto(file)
      : await checkDevice('device', file, deviceName(each))
  }
}

function isOpenable(file: string | undefined): file is string {
  return file?.endsWith('.onnx') === true && existsSync(file)
}

/** A session is what tells whether the library loads. */
async function checkDevice(name: string, file: string, device: string): Promise<Check> {
  try {
    const { session } = await openSession(file, { device })
    await session.release()
    return ok(name, `opens a model on ${device}`)
  } catch (error) {
    return failed(name, error)
  }
}

/** No GPU is no fault: the CPU does it. */
async function describeAuto(file: string): Promise<Check> {
  const missing = await missingLibrary('cuda')
  if (missing !== undefined) return ok('device', `auto is the CPU here; for CUDA: ${missing}`)
  try {
    const { session, device, fellAway } = await openSession(file, { device: 'auto' })
    await session.release()
    const reasons = fellAway.map((each) => `; not ${each.device}: ${each.reason}`)
    return fellAway.length === 0
      ? ok('device', `auto is ${device} here`)
      : warning('device', `auto is ${device} here${reasons.join('')}`)
  } catch (error) {
    return failed('device', toError(error))
  }
}
