/** Licences that ask for no more than to be named (SPDX identifiers). */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
])

/** Whether a model may be used for anything. One whose licence is not known to say so may not. */
export function isPermissive(licence: string): boolean {
  return PERMISSIVE.has(licence)
}
