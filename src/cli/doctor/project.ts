import { LsmlError, toError } from '../../errors.ts'
import type { LabelingConfig } from '../../labeling/config.ts'
import { taskValues } from '../../labeling/data-path.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import { createMediaFactory } from '../../media/create-media.ts'
import type { MediaSettings } from '../../media/settings.ts'
import { showUrl } from '../../media/show-url.ts'
import type { StudioBackend, StudioClient, StudioProject } from '../../studio/client.ts'
import { checkWebhook } from '../connect/webhook.ts'
import { type Check, failed, ok, warning } from './check.ts'

/** The backends that a project has, as Label Studio reaches them, and their webhooks. */
export async function* checkBackends(
  client: StudioClient,
  { id }: StudioProject,
): AsyncGenerator<Check, StudioBackend | undefined> {
  const backends = await client.backends(id)
  const [first] = backends
  if (first === undefined) {
    yield warning('connected', `project ${id} has no backend. Register one with \`lsml connect\`.`)
    return undefined
  }
  for (const backend of backends) {
    yield stateOf(backend)
    yield await checkWebhook(client, id, backend.url)
  }
  if (backends.length > 1)
    yield warning(
      'connected',
      `project ${id} has ${backends.length} backends, and Label Studio predicts with the first alone: ${first.url}. Remove the others (Settings → Model) unless they are for smart tools.`,
    )
  return first
}

function stateOf(backend: StudioBackend): Check {
  const {
    url,
    state,
    readable_state: readable = state,
    error_message: message,
    model_version: version,
  } = backend
  if (state === 'CO' || state === 'TR' || state === 'PR')
    return ok('connected', `Label Studio reaches ${url}, version ${version ?? 'unknown'}`)
  return failed(
    'connected',
    new Error(
      `Label Studio says ${readable} of ${url}${message ? ` (${message})` : ''}. Is it running, and may Label Studio's machine reach it? \`lsml connect\` says more.`,
    ),
  )
}

/** The files of the project's first task, read as a backend would. */
export async function* checkMedia(
  client: StudioClient,
  project: StudioProject,
  settings: MediaSettings,
): AsyncGenerator<Check> {
  const labeling = parse(project)
  // What is wrong with it is said where the backend is set up.
  if (labeling === undefined) return
  const objects = labeling.objects.filter(({ type }) => FILES.has(type.toLowerCase()))
  if (objects.length === 0) return
  const [task] = await client.tasks(project.id, { limit: 1 })
  if (task === undefined) {
    yield warning('media', `was left out: project ${project.id} has no task. Import one.`)
    return
  }
  // A file that an earlier run kept would say nothing of today's token.
  const media = createMediaFactory({ ...settings, cacheDir: undefined })
  try {
    const reader = media.forProject({ id: String(project.id) })
    for (const object of objects) {
      const name = `media ${object.name}`
      try {
        const [first] = taskValues(task, object)
        const value = first?.value
        const bytes = await reader.bytes(value, { task })
        yield ok(name, `task ${task.id}: ${showUrl(String(value))}, ${bytes.length} bytes`)
      } catch (error) {
        yield failed(name, error)
      }
    }
  } finally {
    await media.close()
  }
}

/** Object tags whose value is a file. Text may be one, and mostly is none. */
const FILES = new Set(['image', 'audio', 'audioplus', 'video', 'pdf'])

function parse(project: StudioProject): LabelingConfig | undefined {
  try {
    return parseLabelingConfig(project.label_config ?? '')
  } catch {
    return undefined
  }
}

/** The labeling config itself, where no backend is given that could say whether it can work with it. */
export function checkLabelingConfig({ id, label_config: xml }: StudioProject): Check {
  try {
    const { controls, objects } = parseLabelingConfig(xml ?? '')
    if (controls.length > 0 && objects.length > 0)
      return ok('labeling config', `${controls.map(({ type }) => type).join(', ')}; give a backend to try it`)
    throw new LsmlError(
      'INVALID_LABEL_CONFIG',
      `Project ${id} has no labeling config with a control tag. Write one (Settings → Labeling Interface).`,
    )
  } catch (error) {
    return failed('labeling config', toError(error))
  }
}
