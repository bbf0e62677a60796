import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findVenv } from '../../_helpers/python-venv.ts'

const REQUIREMENT = 'label-studio==1.23.2'

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
  const venv = await findVenv(REQUIREMENT, [REQUIREMENT])
  return 'absent' in venv ? venv : { executable: join(venv.folder, 'bin', 'label-studio') }
}
