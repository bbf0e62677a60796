import type { PromptRegion } from '../../../src/protocol/requests.ts'
import type { Region } from '../../../src/protocol/result.ts'
import type { LabelStudioApi } from './api.ts'

export interface StoredPrediction {
  readonly id: number
  readonly task: number
  readonly model_version: string
  readonly score: number
  readonly result: readonly Region[]
}

export interface ConnectedBackend {
  readonly id: number
  readonly url: string
  readonly state: string
  readonly model_version: string | null
  readonly error_message: string | null
}

export interface OpenedTask {
  readonly id: number
  readonly data: Readonly<Record<string, unknown>>
  readonly predictions: readonly StoredPrediction[]
}

export interface InteractiveAnswer {
  readonly data?: { readonly result: readonly Region[] }
  readonly errors?: readonly string[]
}

/** A project, and what a person does there. */
export interface EmptyProject {
  readonly id: number
  /** Imports tasks, or uploads files, and answers with the ids of all tasks. */
  add(what: readonly object[] | Blob): Promise<readonly number[]>
  tasks(): Promise<readonly number[]>
  /** "Connect Model", with the box for smart tools ticked, and what else its form has. */
  connect(backendUrl: string, form?: Readonly<Record<string, string>>): Promise<ConnectedBackend>
  /** The Data Manager's "Retrieve Predictions". @param tasks default: all */
  retrieve(tasks?: readonly number[]): Promise<void>
  /** What is stored; asks no backend. */
  predictions(): Promise<readonly StoredPrediction[]>
  /** As the editor does. */
  open(task: number): Promise<OpenedTask>
  /** The label stream. */
  next(): Promise<OpenedTask>
  /** Submits an annotation, and answers with its id. */
  submit(task: number, result: readonly Region[]): Promise<number>
  /** Changes an annotation that was submitted. */
  update(annotation: number, result: readonly Region[]): Promise<void>
  remove(annotation: number): Promise<void>
  /** "Start Training". */
  train(backend: ConnectedBackend): Promise<void>
  backends(): Promise<readonly ConnectedBackend[]>
  /** What the editor sends when a smart tool has drawn. */
  draw(backend: ConnectedBackend, task: number, regions: readonly PromptRegion[]): Promise<InteractiveAnswer>
  set(settings: object): Promise<void>
}

/** A project with one task. */
export interface Project extends Omit<EmptyProject, 'draw'> {
  readonly task: number
  /** Submits an annotation of the task. */
  annotate(result: readonly Region[]): Promise<void>
  draw(backend: ConnectedBackend, regions: readonly PromptRegion[]): Promise<InteractiveAnswer>
}

export async function createEmptyProject(api: LabelStudioApi, labelConfig: string): Promise<EmptyProject> {
  const { id } = await api.post<{ id: number }>('/api/projects', {
    title: 'Receipts',
    label_config: labelConfig,
  })
  const tasks = async () => {
    const found = await api.get<{ tasks: { id: number }[] }>(`/api/tasks?project=${id}&page_size=1000`)
    return found.tasks.map((task) => task.id).toSorted((a, b) => a - b)
  }
  return {
    id,
    tasks,
    async add(what) {
      await api.post(`/api/projects/${id}/import`, what instanceof Blob ? toForm(what) : [...what])
      return tasks()
    },
    connect: (url, more) =>
      api.post('/api/ml', { url, project: id, title: 'OCR', is_interactive: true, ...more }),
    retrieve: (some) =>
      api.post(`/api/dm/actions?id=retrieve_tasks_predictions&project=${id}`, {
        project: id,
        selectedItems: some === undefined ? { all: true, excluded: [] } : { all: false, included: some },
      }),
    async predictions() {
      const ours = new Set(await tasks())
      const all = await api.get<StoredPrediction[]>(`/api/predictions?project=${id}`)
      // Old releases list those of all projects.
      return all.filter(({ task }) => ours.has(task))
    },
    open: (task) => api.get(`/api/tasks/${task}?project=${id}`),
    next: () => api.get(`/api/projects/${id}/next`),
    submit: async (task, result) =>
      (await api.post<{ id: number }>(`/api/tasks/${task}/annotations?project=${id}`, { result })).id,
    update: (annotation, result) => api.patch(`/api/annotations/${annotation}/`, { result }),
    remove: (annotation) => api.delete(`/api/annotations/${annotation}/`),
    backends: () => api.get(`/api/ml?project=${id}`),
    draw: (backend, task, result) =>
      api.post(`/api/ml/${backend.id}/interactive-annotating`, { task, context: { result } }),
    train: (backend) => api.post(`/api/ml/${backend.id}/train`, {}),
    set: (settings) => api.patch(`/api/projects/${id}`, settings),
  }
}

/** @param image uploaded as the project's only task */
export async function createProject(
  api: LabelStudioApi,
  labelConfig: string,
  image: Blob & { name?: string },
): Promise<Project> {
  const project = await createEmptyProject(api, labelConfig)
  const [task, ...more] = await project.add(image)
  if (task === undefined || more.length > 0) throw new Error(`The upload made ${more.length + 1} tasks.`)
  return {
    ...project,
    task,
    annotate: async (result) => void (await project.submit(task, result)),
    draw: (backend, result) => project.draw(backend, task, result),
  }
}

function toForm(file: Blob & { name?: string }): FormData {
  const form = new FormData()
  form.set('file', file, file.name?.split('/').at(-1) ?? 'image.png')
  return form
}
