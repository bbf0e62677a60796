import { z } from 'zod'
import { taskSchema } from '../protocol/task.ts'
import { createStudioPredictions, type StudioPredictions } from './predictions.ts'
import { createStudioRequest, type StudioRequestOptions, type StudioToken } from './request.ts'
import { createStudioTasks, type StudioTasks } from './tasks.ts'
import type { TokenKind } from './token.ts'

const userSchema = z.looseObject({ id: z.number(), email: z.string() })
const projectSchema = z.looseObject({
  id: z.number(),
  title: z.string().nullable().default(''),
  label_config: z.string().nullable().default(''),
  start_training_on_annotation_update: z.boolean().nullish(),
})
const backendSchema = z.looseObject({
  id: z.number(),
  url: z.string(),
  title: z.string().nullish(),
  /** `CO` Connected, `DI` Disconnected, `ER` Error, `TR` Training, `PR` Predicting. */
  state: z.string(),
  readable_state: z.string().optional(),
  error_message: z.string().nullish(),
  model_version: z.string().nullish(),
  is_interactive: z.boolean(),
  auth_method: z.string().nullish(),
  basic_auth_user: z.string().nullish(),
  extra_params: z.unknown().optional(),
})
const webhookSchema = z.looseObject({
  id: z.number(),
  url: z.string(),
  project: z.number().nullish(),
  is_active: z.boolean(),
  send_payload: z.boolean(),
  send_for_all_actions: z.boolean(),
  headers: z.record(z.string(), z.string()).nullish(),
})
const releaseSchema = z.looseObject({ release: z.string() })
const nothingSchema = z.unknown()

export type StudioUser = Readonly<z.infer<typeof userSchema>>
export type StudioProject = Readonly<z.infer<typeof projectSchema>>
export type StudioBackend = Readonly<z.infer<typeof backendSchema>>
export type StudioWebhook = Readonly<z.infer<typeof webhookSchema>>
export type StudioTask = Readonly<z.infer<typeof taskSchema>>

/** What the form "Connect Model" has. */
export interface BackendForm {
  readonly url: string
  readonly title?: string
  readonly is_interactive?: boolean
  readonly auth_method?: 'NONE' | 'BASIC_AUTH'
  readonly basic_auth_user?: string
  readonly basic_auth_pass?: string
}

export interface WebhookForm {
  readonly url: string
  readonly send_payload: true
  readonly send_for_all_actions: true
  readonly is_active: true
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Label Studio's REST API, as far as lsml asks it. Every call rejects with an LsmlError that names method, address and
 * status, repeats Label Studio's own words, and never shows the token: UNAUTHORIZED, NOT_FOUND, INVALID_REQUEST,
 * DEADLINE_EXCEEDED, STUDIO_UNAVAILABLE.
 */
export interface StudioClient extends StudioTasks, StudioPredictions {
  readonly tokenKind: TokenKind
  /** Such as `1.23.2`. */
  version(): Promise<string>
  /** Whose token it is. */
  whoami(): Promise<StudioUser>
  project(id: number): Promise<StudioProject>
  /** All that the token's owner may see. */
  projects(): Promise<readonly StudioProject[]>
  updateProject(id: number, fields: { readonly start_training_on_annotation_update: boolean }): Promise<void>
  /** The first tasks of a project. Their data are raw: URLs are not resolved. */
  tasks(project: number, options: { readonly limit: number }): Promise<readonly StudioTask[]>
  /** Label Studio asks each backend for its health before it answers: what is said of their state is new. */
  backends(project: number): Promise<readonly StudioBackend[]>
  /** Label Studio calls `/health` and `/setup` of the backend first, and refuses one that fails. */
  addBackend(project: number, form: BackendForm): Promise<StudioBackend>
  updateBackend(id: number, project: number, form: BackendForm): Promise<StudioBackend>
  /** "Send Test Request": a prediction of a random task, which is not stored. */
  testBackend(id: number): Promise<unknown>
  webhooks(project: number): Promise<readonly StudioWebhook[]>
  addWebhook(project: number, form: WebhookForm): Promise<StudioWebhook>
  updateWebhook(id: number, form: WebhookForm): Promise<StudioWebhook>
}

export type StudioClientOptions = StudioRequestOptions & StudioToken

/** As much as Label Studio gives at once. */
const PAGE_SIZE = 100

/** A page that does not end the list, for ever: no server has this many projects for one person. */
const MAX_PAGES = 1000

/** Label Studio waits 100 s for a prediction. */
const PREDICTION_MS = 120_000

/**
 * @example
 * const url = parseStudioUrl('http://localhost:8080')
 * const studio = createStudioClient({ url, token, source: 'LABEL_STUDIO_API_KEY' })
 * const { label_config } = await studio.project(12)
 */
export function createStudioClient(options: StudioClientOptions): StudioClient {
  const { auth, send } = createStudioRequest(options, options)
  return {
    ...createStudioTasks({ send }),
    ...createStudioPredictions({ send }),
    tokenKind: auth.kind,
    version: async () => (await send('GET', '/version/', { schema: releaseSchema })).release,
    whoami: () => send('GET', '/current-user/whoami', { schema: userSchema }),
    project: (id) => send('GET', `/projects/${id}/`, { schema: projectSchema }),
    async projects() {
      const schema = z.looseObject({ next: z.string().nullish(), results: z.array(projectSchema) })
      const found: StudioProject[] = []
      for (let page = 1; page <= MAX_PAGES; page++) {
        // Counted here: what `next` holds is the address that Label Studio believes to have.
        const answer = await send('GET', `/projects/?page=${page}&page_size=${PAGE_SIZE}`, { schema })
        found.push(...answer.results)
        if (answer.next === null || answer.next === undefined) break
      }
      return found
    },
    async updateProject(id, fields) {
      await send('PATCH', `/projects/${id}/`, { schema: nothingSchema, body: { ...fields } })
    },
    async tasks(project, { limit }) {
      const schema = z.looseObject({ total: z.number(), tasks: z.array(taskSchema) })
      const found: StudioTask[] = []
      const size = Math.min(limit, PAGE_SIZE)
      for (let page = 1; found.length < limit; page++) {
        const path = `/tasks?project=${project}&page=${page}&page_size=${size}&resolve_uri=false`
        const { total, tasks } = await send('GET', path, { schema })
        found.push(...tasks)
        // A page beyond the last is a 404.
        if (tasks.length === 0 || page * size >= total) break
      }
      return found.slice(0, limit)
    },
    backends: (project) => send('GET', `/ml?project=${project}`, { schema: z.array(backendSchema) }),
    addBackend: (project, form) => send('POST', '/ml', { schema: backendSchema, body: { project, ...form } }),
    updateBackend: (id, project, form) =>
      send('PATCH', `/ml/${id}`, { schema: backendSchema, body: { project, ...form } }),
    testBackend: (id) =>
      send('POST', `/ml/${id}/predict/test?random=true`, {
        schema: nothingSchema,
        body: {},
        timeoutMs: PREDICTION_MS,
      }),
    webhooks: (project) => send('GET', `/webhooks/?project=${project}`, { schema: z.array(webhookSchema) }),
    addWebhook: (project, form) =>
      send('POST', '/webhooks/', { schema: webhookSchema, body: { project, ...form } }),
    updateWebhook: (id, form) =>
      send('PATCH', `/webhooks/${id}/`, { schema: webhookSchema, body: { ...form } }),
  }
}
