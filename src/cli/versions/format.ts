import type { StoredVersion, VersionInfo } from '../../store/store.ts'
import { sizeOf } from '../../training/retention.ts'
import { versionDetails } from '../../training/version-details.ts'

/** How the version of a backend that has learnt nothing is written on the command line. */
export const OWN = 'own'

export function stateOf({ isActive, heldBack }: Pick<VersionInfo, 'isActive' | 'heldBack'>): string {
  if (isActive) return 'serves'
  return heldBack === undefined ? '-' : 'held back'
}

/** `accuracy 0.93, f1 0.9`; empty without any. */
export function formatMetrics(metrics: VersionInfo['metrics']): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ')
}

/** As people read it, in UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
}

/** What `--json` says of a version: what `GET /versions` does, and more. */
export function toVersionJson(version: VersionInfo | StoredVersion) {
  const { job, fingerprint, files } = version
  return {
    ...versionDetails(version),
    job: job ?? null,
    fingerprint,
    bytes: sizeOf(version),
    files,
    ...('trainOutput' in version && { train_output: JSON.parse(version.trainOutput) as unknown }),
  }
}
