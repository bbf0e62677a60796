import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type StartedServer, startCli } from '../../_helpers/start-cli.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

const backend = resolve(import.meta.dir, 'backend.ts')

/** A line of the backend's log. */
export interface Recorded {
  readonly call: 'predict' | 'fit'
  readonly project: string
  readonly version: string
  readonly tasks: readonly { readonly id: number; readonly values: readonly unknown[] }[]
  readonly drawn?: readonly unknown[]
  readonly action: string
  readonly events: readonly {
    readonly action: string
    readonly annotations: readonly Readonly<Record<string, unknown>>[]
  }[]
  readonly answered: readonly number[]
  readonly previous: string
}

export interface Recorder extends AsyncDisposable {
  readonly url: string
  stderr(): string
  /** What it was called with so far, for a project. */
  calls(call: Recorded['call'], project: number): readonly Recorded[]
  /** Ends it, and starts one of another version at the same address. */
  restart(version: string): Promise<void>
}

export interface RecorderOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
}

/** `lsml start` with the backend that writes down what it is asked. */
export async function startRecorder({ env = {}, flags = [] }: RecorderOptions = {}): Promise<Recorder> {
  const dir = tempDir()
  const log = join(dir.path, 'calls.jsonl')
  const start = (port: string, version: string) =>
    startCli(['start', backend, '-p', port, '--with', `log=${log}`, ...flags], {
      env: {
        LABEL_STUDIO_URL: '',
        LABEL_STUDIO_API_KEY: '',
        LSML_DATA_DIR: join(dir.path, 'data'),
        XDG_CACHE_HOME: join(dir.path, 'cache'),
        RECORDER_VERSION: version,
        ...env,
      },
    })
  let server: StartedServer = await start('0', '1.0.0')
  return {
    url: server.url,
    stderr: () => server.stderr(),
    calls: (call, project) =>
      readLog(log).filter((line) => line.call === call && line.project === String(project)),
    async restart(version) {
      await server.stop()
      server = await start(new URL(server.url).port, version)
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      dir[Symbol.dispose]()
    },
  }
}

function readLog(path: string): Recorded[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Recorded)
}
