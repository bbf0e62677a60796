import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { packageFolder, packageVersion } from '../package.ts'

export interface PackedLsml {
  /** What a package.json says of lsml. */
  readonly dependency: string
  /** The files that this needs, by their path in the new folder. */
  files(): Promise<ReadonlyMap<string, Uint8Array>>
}

/**
 * How a new folder gets lsml. One that was installed is installed again, by its version. A clone of the repository is
 * packed into the folder, which so can be moved, and built in Docker, without the clone.
 */
export function packLsml(): PackedLsml {
  if (packageFolder.includes(`${sep}node_modules${sep}`))
    return { dependency: packageVersion(), files: async () => new Map() }
  const file = `vendor/lsml-${packageVersion()}.tgz`
  return { dependency: `file:${file}`, files: async () => new Map([[file, await pack()]]) }
}

async function pack(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'lsml-pack-'))
  try {
    const packing = Bun.spawn([process.execPath, 'pm', 'pack', '--quiet', '--destination', folder], {
      cwd: packageFolder,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    })
    const said = await new Response(packing.stderr).text()
    if ((await packing.exited) !== 0) throw new LsmlError('INTERNAL', `lsml cannot be packed: ${said.trim()}`)
    return await readFile(join(folder, `lsml-${packageVersion()}.tgz`))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
