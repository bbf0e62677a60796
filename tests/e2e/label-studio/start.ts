import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { createApi, type LabelStudioApi } from './api.ts'
import { putFreshDatabase } from './fresh-database.ts'
import { freePort } from '../../_helpers/free-port.ts'

/** A first start may make the database: about a minute with two busy cores. */
const START_TIMEOUT_MS = 4 * 60_000
const STOP_TIMEOUT_MS = 10_000
/** A port on which nobody listens. */
const NOWHERE = 'http://127.0.0.1:9'

export interface LabelStudio extends AsyncDisposable {
  readonly url: string
  readonly user: { readonly email: string; readonly password: string }
  /** As the user's script would. */
  readonly api: LabelStudioApi
}

export interface StartOptions {
  /** Settings of Label Studio that differ from those below. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Starts a Label Studio of its own: on this machine only, with an empty database in a temporary folder and one user.
 * It sends nothing to anybody, and it may reach backends on this machine, which it refuses by default.
 *
 * @throws Error with the end of its log, when it does not get ready
 */
export async function startLabelStudio(
  executable: string,
  { env = {} }: StartOptions = {},
): Promise<LabelStudio> {
  const dir = tempDir()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const user = { email: 'tester@example.com', password: randomBytes(12).toString('hex') }
  const legacyToken = randomBytes(20).toString('hex')
  const log = Bun.file(join(dir.path, 'label-studio.log'))
  const data = join(dir.path, 'data')
  const allEnv = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: dir.path,
    HOST: url,
    LABEL_STUDIO_BASE_DATA_DIR: data,
    LABEL_STUDIO_USERNAME: user.email,
    LABEL_STUDIO_PASSWORD: user.password,
    LABEL_STUDIO_USER_TOKEN: legacyToken,
    LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN: 'true',
    ML_BLOCK_LOCAL_IP: 'false',
    SSRF_PROTECTION_ENABLED: 'false',
    COLLECT_ANALYTICS: 'false',
    // As old releases spell it.
    collect_analytics: 'false',
    LATEST_VERSION_CHECK: 'false',
    SENTRY_DSN: '',
    FRONTEND_SENTRY_DSN: '',
    // Old releases cannot be told not to look for newer ones.
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    NO_PROXY: '127.0.0.1,localhost',
    LOG_LEVEL: 'INFO',
    ...env,
  }
  await putFreshDatabase(executable, allEnv, data)
  const child = Bun.spawn(
    [executable, 'start', '--no-browser', '--internal-host', '127.0.0.1', '--port', String(port)],
    {
      cwd: dir.path,
      env: allEnv,
      stdin: 'ignore',
      stdout: log,
      stderr: log,
    },
  )
  const stop = async () => {
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    await child.exited
    clearTimeout(killing)
    dir[Symbol.dispose]()
  }
  try {
    await untilHealthy(url, () => child.exitCode ?? undefined)
    return { url, user, api: await createApi(url, legacyToken), [Symbol.asyncDispose]: stop }
  } catch (error) {
    const end = (await log.text()).split('\n').slice(-30).join('\n')
    await stop()
    throw new Error(`Label Studio did not start: ${String(error)}\n${end}`, { cause: error })
  }
}

async function untilHealthy(url: string, exitCode: () => number | undefined): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    const code = exitCode()
    if (code !== undefined) throw new Error(`it ended with ${code}`)
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    )
    if (response?.ok) return
    await Bun.sleep(500)
  }
  throw new Error(`it was not healthy after ${START_TIMEOUT_MS / 1000} s`)
}
