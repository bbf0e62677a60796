import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

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

/** Where models are kept that were pulled or added: `LSML_MODEL_DIR`, or the user's data folder, by the custom of the system. */
export function modelFolder(env: Environment): string {
  const given = readVariable(env, 'LSML_MODEL_DIR')
  return given === undefined ? join(userDataFolder(env), 'models') : resolve(given)
}

/** What lsml keeps for its user, by the custom of the system. */
export function userDataFolder(env: Environment): string {
  const own = {
    darwin: join(homedir(), 'Library', 'Application Support'),
    win32: readVariable(env, 'LOCALAPPDATA'),
  }
  const base =
    readVariable(env, 'XDG_DATA_HOME') ??
    (process.platform === 'darwin' || process.platform === 'win32' ? own[process.platform] : undefined) ??
    join(homedir(), '.local', 'share')
  return join(base, 'lsml')
}
