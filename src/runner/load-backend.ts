import { existsSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Backend } from '../backend.ts'
import { LsmlError, toError } from '../errors.ts'
import { parseBackend } from '../projects/parse-backend.ts'
import { provideLsml } from './provide-lsml.ts'

/**
 * Imports somebody's module and takes its default export as a backend. In it `lsml` is this installation, also where
 * none is installed.
 *
 * @param module absolute path
 * @throws LsmlError INVALID_BACKEND with what the module loader says
 */
export async function loadBackend(module: string): Promise<Backend> {
  if (!existsSync(module)) {
    throw new LsmlError('INVALID_BACKEND', `There is no backend at \`${module}\`. Check the path.`)
  }
  provideLsml(module)
  let exports: Readonly<Record<string, unknown>>
  try {
    exports = await import(pathToFileURL(module).href)
  } catch (error) {
    throw new LsmlError('INVALID_BACKEND', `The backend \`${module}\` cannot be loaded: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  if (exports.default === undefined) {
    const names = Object.keys(exports)
    throw new LsmlError(
      'INVALID_BACKEND',
      `\`${module}\` has no default export${names.length === 0 ? '' : `, only ${names.join(', ')}`}. Write \`export default defineBackend({ … })\`.`,
    )
  }
  return parseBackend(exports.default, `The default export of \`${module}\``)
}

/** The name of a backend that does not name itself: that of its file, or of its folder when the file says nothing. */
export function backendName(module: string): string {
  const name = basename(module, extname(module))
  return name === 'backend' || name === 'index' ? basename(dirname(module)) : name
}

function reasonOf(thrown: unknown): string {
  const error = toError(thrown)
  // Bun's BuildMessage says where in the file.
  const { position } = error as { readonly position?: { file: string; line: number; column: number } | null }
  const at = position ? ` (${position.file}:${position.line}:${position.column})` : ''
  const advice = /^Cannot find (package|module) '[^./]/.test(error.message)
    ? ' Install it in the folder of the backend.'
    : ''
  return `${error.message.replace(/\.$/, '')}${at}.${advice}`
}
