import type { TrainRequest } from './requests.ts'

/** Actions that Label Studio sends to a backend's webhook, and those that its documentation names. */
export const WEBHOOK_ACTIONS = [
  'ANNOTATION_CREATED',
  'ANNOTATION_UPDATED',
  'ANNOTATION_DELETED',
  'ANNOTATIONS_CREATED',
  'ANNOTATIONS_DELETED',
  'TASKS_CREATED',
  'TASKS_DELETED',
  'PROJECT_UPDATED',
  'LABEL_LINK_CREATED',
  'LABEL_LINK_UPDATED',
  'LABEL_LINK_DELETED',
  'START_TRAINING',
] as const
export type WebhookAction = (typeof WEBHOOK_ACTIONS)[number]

/** Those after which there may be something new to learn. */
export const TRAINING_ACTIONS: readonly WebhookAction[] = [
  'ANNOTATION_CREATED',
  'ANNOTATION_UPDATED',
  'ANNOTATION_DELETED',
  'ANNOTATIONS_CREATED',
  'ANNOTATIONS_DELETED',
  'START_TRAINING',
]

/**
 * A webhook, made regular: lists where Label Studio sends one or many, ids where it sends only ids. Integers beyond 2^53
 * are strings of their digits. `raw` is the body as it came, for what this does not name.
 *
 * The tasks that old servers send with `/train` are a START_TRAINING with tasks, and with the annotations of these.
 */
export interface LabelStudioEvent {
  readonly action: WebhookAction
  /** Project id, or undefined for the few bodies without one. */
  readonly project: string | undefined
  readonly labelConfig: string | undefined
  readonly annotations: readonly Readonly<Record<string, unknown>>[]
  readonly tasks: readonly Readonly<Record<string, unknown>>[]
  readonly raw: Readonly<Record<string, unknown>>
}

/** @returns undefined for an action that lsml does not know: answered, and otherwise left alone. */
export function toEvent(body: Readonly<Record<string, unknown>>): LabelStudioEvent | undefined {
  const action = WEBHOOK_ACTIONS.find((known) => known === body.action)
  if (action === undefined) return undefined
  const project = asRecord(body.project)
  const tasks = asRecords(body.task ?? body.tasks)
  const annotations = asRecords(body.annotation ?? body.annotations)
  return {
    action,
    project:
      typeof project?.id === 'string' || typeof project?.id === 'number' ? String(project.id) : undefined,
    labelConfig: typeof project?.label_config === 'string' ? project.label_config : undefined,
    annotations: action === 'START_TRAINING' ? tasks.flatMap(annotationsOf) : annotations,
    tasks,
    raw: body,
  }
}

/**
 * A body of `/train` as a webhook that says the same, so that both go one way from here on. Its `params` are the password
 * of the tasks' files, which is nothing to keep.
 *
 * @param project its id
 */
export function toTrainWebhook({ annotations, label_config }: TrainRequest, project: string) {
  return {
    action: 'START_TRAINING',
    project: { id: project, ...(typeof label_config === 'string' && { label_config }) },
    tasks: annotations,
  } as const
}

/** Each names its task, as the annotations of webhooks do. */
function annotationsOf(task: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  return asRecords(task.annotations ?? []).map((annotation) => Object.assign({ task: task.id }, annotation))
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function asRecords(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : [value]).map(asRecord).filter((item) => item !== undefined)
}
