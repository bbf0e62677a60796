import { homedir } from 'node:os'
import { join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The first of the variables that is set and not empty. */
export function readVariable(env: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '')
}

/** Where downloads are kept: the user's cache folder, by the custom of the system. */
export function cacheFolder(env: Environment): string {
  const own = { darwin: join(homedir(), 'Library', 'Caches'), win32: readVariable(env, 'LOCALAPPDATA') }
  const base =
    readVariable(env, 'XDG_CACHE_HOME') ??
    (process.platform === 'darwin' || process.platform === 'win32' ? own[process.platform] : undefined) ??
    join(homedir(), '.cache')
  return join(base, 'lsml')
}
