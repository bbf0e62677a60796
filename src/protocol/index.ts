/** Label Studio's wire format: schemas and types, without any I/O. */
export { taskSchema, type Task } from './task.ts'
export type { Prediction, Region, Relation, ResultItem, VersionedPrediction } from './result.ts'
export {
  extraParamsSchema,
  predictContextSchema,
  predictRequestSchema,
  projectIdOf,
  projectKeySchema,
  setupRequestSchema,
  webhookRequestSchema,
  type PredictRequest,
  type PromptRegion,
  type SetupRequest,
  type WebhookRequest,
} from './requests.ts'
export {
  toEvent,
  TRAINING_ACTIONS,
  WEBHOOK_ACTIONS,
  type LabelStudioEvent,
  type WebhookAction,
} from './events.ts'
