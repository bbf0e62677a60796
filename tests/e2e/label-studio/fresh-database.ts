import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempDir } from '../../_helpers/temp-dir.ts'

const FILE = 'label_studio.sqlite3'

/**
 * Puts an empty database with all its tables into a data folder. Making one takes Label Studio a minute of computing, so
 * that it is made once and kept in the virtual environment of our own; for an executable of others nothing is done.
 */
export async function putFreshDatabase(
  executable: string,
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<void> {
  const venv = dirname(dirname(executable))
  if (!existsSync(join(venv, 'installed'))) return
  const kept = join(venv, `fresh-${FILE}`)
  if (!existsSync(kept)) await makeDatabase(executable, env, kept)
  mkdirSync(folder, { recursive: true })
  copyFileSync(kept, join(folder, FILE))
}

async function makeDatabase(
  executable: string,
  env: Readonly<Record<string, string | undefined>>,
  kept: string,
): Promise<void> {
  using dir = tempDir()
  // A command that ends after the tables are there, because there is no such user.
  const child = Bun.spawn([executable, 'user', '--username', 'nobody'], {
    cwd: dir.path,
    env: { ...env, LABEL_STUDIO_BASE_DATA_DIR: dir.path, HOME: dir.path },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const stderr = await child.stderr.text()
  const made = join(dir.path, FILE)
  if ((await child.exited) !== 0 || !existsSync(made)) {
    throw new Error(`Label Studio made no database:\n${stderr.slice(-2000)}`)
  }
  copyFileSync(made, `${kept}.${process.pid}`)
  renameSync(`${kept}.${process.pid}`, kept)
}
