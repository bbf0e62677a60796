import { createLogger } from '../../log.ts'
import { parseDevices } from '../../onnx/device.ts'
import type { HostSettings } from '../../projects/settings.ts'
import { createProcessRunner } from '../../runner/processes.ts'
import { parseExtraParams } from '../../server/extra-params.ts'
import type { StudioBackend, StudioProject } from '../../studio/client.ts'
import type { FoundBackend } from '../find-backend.ts'
import { type Check, failed, ok } from './check.ts'

export interface BackendCheckOptions {
  readonly backend: FoundBackend
  readonly settings: HostSettings
  /** The labeling config to set up for, and where it is from. */
  readonly labelConfig: string
  readonly project: StudioProject | undefined
  /** As Label Studio has it: its extra params go with the project. */
  readonly registered: StudioBackend | undefined
}

/** Sets the backend up in a worker, as the first prediction would: its module, its parameters, its models. */
export async function checkBackend(options: BackendCheckOptions): Promise<Check> {
  const { backend, settings, labelConfig, project, registered } = options
  const name = project === undefined ? 'backend' : 'labeling config'
  const what = project === undefined ? 'the labeling.xml beside it' : `project ${project.id}`
  try {
    const runner = await createProcessRunner({
      module: backend.module,
      name: backend.name,
      workers: 1,
      settings: { ...settings, device: firstDevice(settings.device) },
      // What it says is in the error as well.
      log: createLogger('silent'),
      logLevel: 'silent',
    })
    try {
      const { info } = runner
      await runner.setUp({
        id: String(project?.id ?? 'doctor'),
        labelConfig,
        version: info.version,
        extraParams: parseExtraParams(registered?.extra_params),
      })
      return ok(name, `${info.name} ${info.version} understands ${what}, and its models open`)
    } finally {
      await runner.close()
    }
  } catch (error) {
    return failed(name, error)
  }
}

/** A list puts a worker on each, and here is one worker. */
function firstDevice(device: string | undefined): string | undefined {
  return device === undefined || parseDevices(device).length === 1 ? device : device.split(',')[0]
}
