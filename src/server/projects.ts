import { LsmlError, toLsmlError } from '../errors.ts'
import { projectIdOf } from '../protocol/requests.ts'
import type { ProjectInput } from '../runner/runner.ts'
import { parseExtraParams } from './extra-params.ts'
import type { Versions } from './versions.ts'

/** Of a request that names none, as people write by hand. */
const UNNAMED = 'default'
/** Those told of longest ago are forgotten: whoever may send requests could otherwise fill the memory with them. */
const MAX_PROJECTS = 1_000

/** What `/setup` brought. */
export interface ProjectSetup {
  readonly labelConfig: string
  readonly url?: string | undefined
  readonly token?: string | undefined
  /** As it came. */
  readonly extraParams?: unknown
}

/** The projects that Label Studio has told of. It tells of them again before every prediction. */
export interface Projects {
  /**
   * Never fails because of what a person typed: invalid extra params are told by `input`, to the request that needs them.
   *
   * @returns why the extra params are of no use, if so
   */
  remember(id: string, setup: ProjectSetup): LsmlError | undefined
  updateLabelConfig(id: string, labelConfig: string): void
  /** Takes up what `save` was given, here or elsewhere. */
  restore(id: string, saved: string): void
  has(id: string): boolean
  /**
   * What a worker needs to know, also of a project that no `/setup` has told of.
   *
   * @param labelConfig goes before the one of `/setup`
   * @throws LsmlError INVALID_PARAMS
   */
  input(id: string, labelConfig?: string | null): ProjectInput
}

interface Known {
  readonly setup: ProjectSetup
  readonly labelConfig: string
  readonly labelStudio?: NonNullable<ProjectInput['labelStudio']>
  readonly extraParams?: Readonly<Record<string, unknown>>
  readonly fault?: LsmlError
}

/** @param save keeps what was told of a project: called when that is something new */
export function createProjects(
  versions: Pick<Versions, 'current'>,
  save: (id: string, setup: string) => void = () => {},
): Projects {
  const known = new Map<string, Known>()
  const set = (id: string, project: Known) => {
    const saved = JSON.stringify(project.setup)
    if (JSON.stringify(known.get(id)?.setup) !== saved) save(id, saved)
    add(id, project)
  }
  const add = (id: string, project: Known) => {
    known.delete(id)
    known.set(id, project)
    const [oldest] = known.keys()
    if (known.size > MAX_PROJECTS && oldest !== undefined) known.delete(oldest)
  }
  return {
    remember(id, setup) {
      const project = toKnown(setup)
      set(id, project)
      return project.fault
    },
    updateLabelConfig(id, labelConfig) {
      set(id, toKnown({ ...known.get(id)?.setup, labelConfig }))
    },
    restore(id, saved) {
      if (JSON.stringify(known.get(id)?.setup) === saved) return
      add(id, toKnown(JSON.parse(saved) as ProjectSetup))
    },
    has: (id) => known.has(id),
    input(id, labelConfig) {
      const project = known.get(id)
      if (project?.fault !== undefined) throw project.fault
      return {
        id,
        labelConfig: labelConfig ?? project?.labelConfig ?? '',
        ...versions.current(id),
        ...(project?.extraParams && { extraParams: project.extraParams }),
        ...(project?.labelStudio && { labelStudio: project.labelStudio }),
      }
    },
  }
}

function toKnown(setup: ProjectSetup): Known {
  const { labelConfig, url, token, extraParams } = setup
  return {
    setup,
    labelConfig,
    labelStudio: { ...(url && { url }), ...(token && { token }) },
    ...readExtraParams(extraParams),
  }
}

/**
 * The id of a project key such as `12.1718021542`.
 *
 * @throws LsmlError INVALID_REQUEST for one that is no id: ids become parts of paths and of log lines
 */
export function parseProjectId(key: string | null | undefined): string {
  if (key === null || key === undefined) return UNNAMED
  const id = projectIdOf(key)
  if (/^[\w-]{1,64}$/.test(id)) return id
  throw new LsmlError(
    'INVALID_REQUEST',
    `The project \`${key.slice(0, 100)}\` is no project key. Label Studio sends its id and a time, such as \`12.1718021542\`.`,
  )
}

function readExtraParams(raw: unknown): Pick<Known, 'extraParams' | 'fault'> {
  try {
    return { extraParams: parseExtraParams(raw) }
  } catch (error) {
    return { fault: toLsmlError(error, 'INVALID_PARAMS') }
  }
}
