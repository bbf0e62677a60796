import type { PromptRegion } from '../../../src/protocol/requests.ts'
import type { Region } from '../../../src/protocol/result.ts'
import type { LabelStudioApi } from './api.ts'

export interface StoredPrediction {
  readonly id: number
  readonly model_version: string
  readonly score: number
  readonly result: readonly Region[]
}

export interface ConnectedBackend {
  readonly id: number
  readonly state: string
  readonly model_version: string | null
  readonly error_message: string | null
}

/** A project with one task, and what a person does there. */
export interface Project {
  readonly id: number
  readonly task: number
  /** "Connect Model", with the box for smart tools ticked, and what else its form has. */
  connect(backendUrl: string, form?: Readonly<Record<string, string>>): Promise<ConnectedBackend>
  /** The Data Manager's "Retrieve Predictions" for all tasks. */
  retrieve(): Promise<void>
  /** What is stored; asks no backend. */
  predictions(): Promise<readonly StoredPrediction[]>
  /** Submits an annotation. */
  annotate(result: readonly Region[]): Promise<void>
  /** What the editor sends when a smart tool has drawn. */
  draw(backend: ConnectedBackend, regions: readonly PromptRegion[]): Promise<InteractiveAnswer>
}

export interface InteractiveAnswer {
  readonly data?: { readonly result: readonly Region[] }
  readonly errors?: readonly string[]
}

/** @param image uploaded as the project's only task */
export async function createProject(
  api: LabelStudioApi,
  labelConfig: string,
  image: Blob & { name?: string },
): Promise<Project> {
  const { id } = await api.post<{ id: number }>('/api/projects', {
    title: 'Receipts',
    label_config: labelConfig,
  })
  const form = new FormData()
  form.set('file', image, image.name?.split('/').at(-1) ?? 'image.png')
  await api.post(`/api/projects/${id}/import`, form)
  const { tasks } = await api.get<{ tasks: { id: number }[] }>(`/api/tasks?project=${id}`)
  const task = tasks[0]?.id
  if (task === undefined || tasks.length > 1) throw new Error(`The upload made ${tasks.length} tasks.`)
  return {
    id,
    task,
    connect: (url, more) =>
      api.post('/api/ml', { url, project: id, title: 'OCR', is_interactive: true, ...more }),
    retrieve: () =>
      api.post(`/api/dm/actions?id=retrieve_tasks_predictions&project=${id}`, {
        project: id,
        selectedItems: { all: true, excluded: [] },
      }),
    predictions: () => api.get(`/api/predictions?project=${id}`),
    annotate: (result) => api.post(`/api/tasks/${task}/annotations?project=${id}`, { result }),
    draw: (backend, result) =>
      api.post(`/api/ml/${backend.id}/interactive-annotating`, { task, context: { result } }),
  }
}
