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
 * A webhook, made regular: lists where Label Studio sends one or many, ids where it sends only ids.
 * `raw` is the body as it came, for what this does not name.
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
  return {
    action,
    project:
      typeof project?.id === 'string' || typeof project?.id === 'number' ? String(project.id) : undefined,
    labelConfig: typeof project?.label_config === 'string' ? project.label_config : undefined,
    annotations: asRecords(body.annotation ?? body.annotations),
    tasks: asRecords(body.task ?? body.tasks),
    raw: body,
  }
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function asRecords(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : [value]).map(asRecord).filter((item) => item !== undefined)
}
