import { LsmlError } from '../../errors.ts'
import type { Store, VersionInfo } from '../../store/store.ts'
import { pruneVersions } from '../../training/prune-versions.ts'
import { type Retention, sizeOf } from '../../training/retention.ts'
import { columns, formatBytes } from '../models/format.ts'
import { findVersion, projectOf } from './find.ts'
import { formatMetrics, formatTime, OWN, stateOf, toVersionJson } from './format.ts'

export interface VersionsCall {
  readonly store: Store
  /** Of a version, on the disk. */
  readonly removeFiles: (version: VersionInfo) => Promise<void>
  readonly project: string | undefined
  /** The word after the action. */
  readonly version: string | undefined
  readonly json: boolean
  readonly retention: Retention
}

/** Does it, and says what is to be printed: data in lines on stdout, what happened on stderr. */
export type Action = (call: VersionsCall) => Promise<Printed>

export interface Printed {
  readonly data?: string
  readonly said?: string
}

export const ACTIONS: Readonly<Record<'list' | 'show' | 'activate' | 'rollback' | 'prune', Action>> = {
  async list({ store, project, json }) {
    const versions = await store.listVersions(project)
    if (json) return { data: toJson(versions.map(toVersionJson)) }
    if (versions.length === 0)
      return { said: 'Nothing has been learnt yet: the version of the backend itself serves.' }
    return { data: tableOf(versions), said: reasons(versions) }
  },

  async show({ store, project, version, json }) {
    const found = await findVersion(store, version, project)
    const details = toVersionJson(found)
    if (json) return { data: toJson(details) }
    const learnt =
      found.trainOutput.length > 2000
        ? `${found.trainOutput.slice(0, 2000)} … (--json prints all)`
        : found.trainOutput
    const rows = [
      ['Project', found.project],
      ['State', stateOf(found)],
      ...(found.heldBack === undefined ? [] : [['Held back', found.heldBack]]),
      ['Created', `${formatTime(found.createdAt)} UTC`],
      ['Parent', found.parent ?? OWN],
      ['Job', found.job ?? '-'],
      ['Metrics', formatMetrics(found.metrics) || '-'],
      ['Learnt from', found.fingerprint],
      ...found.files.map(({ path, bytes, sha256 }) => [
        'File',
        `${path}, ${formatBytes(bytes)}, SHA-256 ${sha256}`,
      ]),
      ['Result of fit', learnt],
    ]
    return { data: [found.id, '', ...columns(rows).map((row) => `  ${row}`)].join('\n') }
  },

  async activate({ store, project: named, version }) {
    const isOwn = version === OWN
    const project = isOwn
      ? projectOf(await store.listVersions(named), named)
      : (await findVersion(store, version, named)).project
    await store.activateVersion(project, isOwn ? undefined : version)
    return { said: nowServes(project, isOwn ? undefined : version) }
  },

  async rollback({ store, project: named }) {
    const project = projectOf(await store.listVersions(named), named)
    const current = await store.currentVersion(project)
    if (current === undefined)
      throw new LsmlError(
        'USAGE',
        `In project ${project} the version of the backend itself serves: nothing is before it.`,
      )
    const { parent } = current
    if (parent !== undefined && (await store.findVersion(project, parent)) === undefined)
      throw new LsmlError(
        'USAGE',
        `The parent \`${parent}\` of \`${current.id}\` is not kept any more. Choose another one with \`activate\`; \`own\` is the version of the backend itself.`,
      )
    await store.activateVersion(project, parent)
    return { said: `Back from ${current.id}. ${nowServes(project, parent)}` }
  },

  async prune({ store, removeFiles, project, retention, json }) {
    if (retention.keepVersions === undefined && retention.keepBytes === undefined)
      throw new LsmlError(
        'USAGE',
        'Say how much is to be left: `--keep-versions 5`, `--keep-bytes 2GB`, or both.',
      )
    const pruned = await pruneVersions(store, { removeFiles, retention, project })
    if (json) return { data: toJson(pruned.map(toVersionJson)) }
    const bytes = pruned.reduce((sum, version) => sum + sizeOf(version), 0)
    const names = pruned.map((version) => `Removed ${version.id} of project ${version.project}.`)
    return {
      said:
        names.length === 0
          ? 'There are no more versions than that.'
          : [...names, `${formatBytes(bytes)} are free.`].join('\n'),
    }
  },
}

function nowServes(project: string, version: string | undefined): string {
  const what = version === undefined ? 'the version of the backend itself' : version
  return `In project ${project}, ${what} serves from now on. A running server notices within 2 s.`
}

function tableOf(versions: readonly VersionInfo[]): string {
  const rows = versions.map((version) => [
    version.project,
    version.id,
    stateOf(version),
    formatTime(version.createdAt),
    formatBytes(sizeOf(version)),
    version.parent ?? OWN,
    formatMetrics(version.metrics),
  ])
  const head = ['project', 'version', 'state', 'created (UTC)', 'files', 'parent', 'metrics']
  return columns([head, ...rows]).join('\n')
}

function reasons(versions: readonly VersionInfo[]): string {
  return versions
    .flatMap(({ id, heldBack }) => (heldBack === undefined ? [] : `${id} was held back: ${heldBack}.`))
    .join('\n')
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
