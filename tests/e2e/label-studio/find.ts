import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const REQUIREMENT = 'label-studio==1.23.2'
/** Of an installation: some hundred megabytes on a slow machine. */
const INSTALL_TIMEOUT_MS = 8 * 60_000

export type Found = { readonly executable: string } | { readonly absent: string }

/**
 * The Label Studio to test against: the one that `LSML_TEST_LABEL_STUDIO` names, or one of our own in the user's cache
 * folder, installed there with pip on first use.
 *
 * @returns why there is none, where Python or its packages cannot be had
 */
export async function findLabelStudio(): Promise<Found> {
  const named = process.env.LSML_TEST_LABEL_STUDIO
  if (named !== undefined) {
    return existsSync(named)
      ? { executable: named }
      : { absent: `LSML_TEST_LABEL_STUDIO names \`${named}\`, which does not exist` }
  }
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lsml-tests', REQUIREMENT)
  const executable = join(folder, 'bin', 'label-studio')
  const finished = join(folder, 'installed')
  if (existsSync(finished)) return { executable }
  const python = Bun.which('python3')
  if (python === null) return { absent: 'there is no python3 on the PATH to install it with' }
  process.stderr.write(`Installing ${REQUIREMENT} into ${folder} …\n`)
  const failure =
    (await run([python, '-m', 'venv', '--clear', folder])) ??
    (await run([
      join(folder, 'bin', 'pip'),
      'install',
      '--quiet',
      '--disable-pip-version-check',
      REQUIREMENT,
    ]))
  if (failure !== undefined) {
    rmSync(folder, { recursive: true, force: true })
    return { absent: failure }
  }
  writeFileSync(finished, '')
  return { executable }
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
