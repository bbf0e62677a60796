import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Of an installation: some hundred megabytes on a slow machine. */
const INSTALL_TIMEOUT_MS = 8 * 60_000

export type FoundVenv = { readonly folder: string } | { readonly absent: string }

/**
 * A virtual environment of Python in the user's cache folder, where pip installs what is asked for on first use.
 *
 * @param name of its folder: another one for other packages or versions
 * @param installs what follows `pip install`, once for each
 * @returns why there is none, where Python or its packages cannot be had
 */
export async function findVenv(
  name: string,
  ...installs: readonly (readonly string[])[]
): Promise<FoundVenv> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lsml-tests', name)
  const finished = join(folder, 'installed')
  if (existsSync(finished)) return { folder }
  const python = Bun.which('python3')
  if (python === null) return { absent: 'there is no python3 on the PATH to install it with' }
  process.stderr.write(`Installing ${name} into ${folder} …\n`)
  const pip = [join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check']
  const steps = [[python, '-m', 'venv', '--clear', folder], ...installs.map((what) => pip.concat(what))]
  for (const step of steps) {
    const failure = await run(step)
    if (failure === undefined) continue
    rmSync(folder, { recursive: true, force: true })
    return { absent: failure }
  }
  writeFileSync(finished, '')
  return { folder }
}

/** @returns what went wrong, in a line */
async function run(command: readonly string[]): Promise<string | undefined> {
  const child = Bun.spawn([...command], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: INSTALL_TIMEOUT_MS,
  })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  if ((await child.exited) === 0) return undefined
  const reason = `${stdout}\n${stderr}`.trim().split('\n').at(-1)
  return `\`${command.slice(-2).join(' ')}\` failed: ${reason || `it ended with ${child.signalCode ?? child.exitCode}`}`
}
