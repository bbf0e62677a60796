import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findVenv } from '../../_helpers/python-venv.ts'

const PACKAGES = ['mlserver==1.7.1', 'onnxruntime==1.30.0'] as const

/**
 * The MLServer to test against: the one that `LSML_TEST_MLSERVER` names, beside which onnxruntime is installed, or one of
 * our own in the user's cache folder, installed there with pip on first use.
 *
 * @returns why there is none, where Python or its packages cannot be had
 */
export async function findMlserver(): Promise<{ readonly executable: string } | { readonly absent: string }> {
  const named = process.env.LSML_TEST_MLSERVER
  if (named !== undefined) {
    return existsSync(named)
      ? { executable: named }
      : { absent: `LSML_TEST_MLSERVER names \`${named}\`, which does not exist` }
  }
  const venv = await findVenv(PACKAGES[0], PACKAGES)
  return 'absent' in venv ? venv : { executable: join(venv.folder, 'bin', 'mlserver') }
}
