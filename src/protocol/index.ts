/** Label Studio's wire format: schemas and types, without any I/O. */
export { taskSchema, type Task } from './task.ts'
export type { Prediction, Region, Relation, ResultItem, VersionedPrediction } from './result.ts'
export {
  deleteRequestSchema,
  duplicateRequestSchema,
  extraParamsSchema,
  jobStatusRequestSchema,
  predictContextSchema,
  predictRequestSchema,
  projectIdOf,
  projectKeySchema,
  setupRequestSchema,
  trainRequestSchema,
  validateRequestSchema,
  versionsRequestSchema,
  webhookRequestSchema,
  type PredictRequest,
  type PromptRegion,
  type SetupRequest,
  type TrainRequest,
  type WebhookRequest,
} from './requests.ts'
export {
  toEvent,
  toTrainWebhook,
  TRAINING_ACTIONS,
  WEBHOOK_ACTIONS,
  type LabelStudioEvent,
  type WebhookAction,
} from './events.ts'
