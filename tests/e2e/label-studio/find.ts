import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findVenv } from '../../_helpers/python-venv.ts'
import releases from './releases.json'

/** A release to test against: the newest, and one whose generation of the protocol is still in use. */
export interface Release {
  readonly version: string
  /** In which it came out. */
  readonly year: number
  /** What follows `pip install`, once or several times; nothing for a release that is not ours to install. */
  readonly pip: readonly (readonly string[])[]
}

export const RELEASES: readonly Release[] = releases
const [LATEST] = releases

export type Found = { readonly executable: string } | { readonly absent: string }

/**
 * The Label Studio to test against: the one that `LSML_TEST_LABEL_STUDIO` (for another release than the latest, with
 * its version behind: `LSML_TEST_LABEL_STUDIO_1_7_3`) names, or one of our own in the user's cache folder, installed
 * there with pip on first use.
 *
 * @returns why there is none, where Python or its packages cannot be had
 */
export async function findLabelStudio(release: Release | undefined = LATEST): Promise<Found> {
  if (release === undefined) return { absent: 'no release is named in releases.json' }
  const { version, pip } = release
  const variable = `LSML_TEST_LABEL_STUDIO${version === LATEST?.version ? '' : `_${version.replaceAll('.', '_')}`}`
  const named = process.env[variable]
  if (named !== undefined) {
    return existsSync(named)
      ? { executable: named }
      : { absent: `${variable} names \`${named}\`, which does not exist` }
  }
  const venv = await findVenv(`label-studio==${version}`, ...pip)
  return 'absent' in venv ? venv : { executable: join(venv.folder, 'bin', 'label-studio') }
}
