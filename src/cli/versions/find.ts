import { LsmlError } from '../../errors.ts'
import type { Store, StoredVersion, VersionInfo } from '../../store/store.ts'
import { nearest } from '../../internal/nearest.ts'

/**
 * The project that is meant: the one that is named, else the only one that has learnt anything.
 *
 * @throws LsmlError USAGE
 */
export function projectOf(versions: readonly VersionInfo[], named: string | undefined): string {
  if (named !== undefined) return named
  const [only, ...others] = new Set(versions.map(({ project }) => project))
  if (only === undefined)
    throw new LsmlError(
      'USAGE',
      'Nothing has been learnt here yet: there is no version. Is it another --data-dir?',
    )
  if (others.length === 0) return only
  throw new LsmlError(
    'USAGE',
    `Several projects have versions: ${[only, ...others].join(', ')}. Say which with \`--project\`.`,
  )
}

/**
 * A version by its id. Two projects may have one of the same id only when it was copied.
 *
 * @throws LsmlError USAGE with the one that was probably meant
 */
export async function findVersion(
  store: Store,
  id: string | undefined,
  project: string | undefined,
): Promise<StoredVersion> {
  if (id === undefined)
    throw new LsmlError('USAGE', 'Say which version, as `lsml versions <backend> list` prints it.')
  const all = await store.listVersions(project)
  const same = all.filter((version) => version.id === id)
  const [found] = same
  if (found === undefined) throw unknown(id, all, project)
  const stored = await store.findVersion(projectOf(same, project), id)
  if (stored === undefined) throw unknown(id, all, project)
  return stored
}

function unknown(id: string, all: readonly VersionInfo[], project: string | undefined): LsmlError {
  const near = nearest(
    id,
    all.map((version) => version.id),
  )
  const where = project === undefined ? '' : ` in project ${project}`
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`
  return new LsmlError(
    'USAGE',
    `There is no version \`${id}\`${where}.${hint} \`lsml versions <backend> list\` has them all.`,
  )
}
