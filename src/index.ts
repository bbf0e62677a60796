/** Machine learning backends for Label Studio: a model as a plain object, served by an app that any runtime can run. */

export {
  type Backend,
  type BackendContext,
  defineBackend,
  eachTask,
  type EachTaskOptions,
  type EvaluateContext,
  type FitContext,
  type Gate,
  type Interactive,
  type Metrics,
  type ParamsSchema,
  type PredictContext,
  type SetupContext,
  TaskFailure,
  type TaskPrediction,
} from './backend.ts'

// Serving
export { type App, type AppOptions, createApp } from './server/app.ts'
export type { BasicAuth } from './server/auth.ts'
export type { TrainingOptions } from './server/create-training.ts'
export { createInlineRunner } from './runner/inline.ts'
export type {
  BackendInfo,
  FitJob,
  FitOptions,
  FitOutcome,
  ModelStatus,
  PredictJob,
  ProjectInput,
  Runner,
  TaskOutcome,
  WorkerStatus,
} from './runner/runner.ts'
export { readControlParams } from './projects/control-params.ts'
export { newSubmissions } from './projects/new-submissions.ts'
export type { HostSettings, ParamLayer } from './projects/settings.ts'
export type { MediaSettings } from './media/settings.ts'

// What survives a restart: events, trainings, versions
export { createMemoryStore } from './store/memory.ts'
export { openSqliteStore } from './store/sqlite/open-sqlite-store.ts'
export type { Job, JobState } from './store/job.ts'
export type { Store, StoredEvent, StoredVersion, VersionFile, VersionInfo } from './store/store.ts'
export type { TrainingPolicy } from './training/policy.ts'
export type { VersionFiles } from './training/version-files.ts'

// Regions: from pixels, characters and seconds to the items of a prediction, and back
export {
  type ControlHandle,
  type ControlName,
  controlOf,
  controlOfIfAny,
  type ControlOptions,
  controlsOf,
} from './regions/controls/control-of.ts'
export type { ChatMessage, ReadBox, ReadMask, ReadPath, ReadPoints } from './regions/controls/handles.ts'
export type { AnswerOptions, ReadAnswer, ReadRegion } from './regions/controls/items.ts'
export type { NodeRange, ParagraphSpan, SpanOfNodes, SpanOfText } from './regions/controls/text-kinds.ts'
export type { AudioSegment, Sound, TimeSegment } from './regions/controls/time-kinds.ts'
export type { FrameRange, Keyframe, Track, Video } from './regions/controls/video-kinds.ts'
export { relate, type RelationOptions } from './regions/controls/relate.ts'
export { regionId } from './regions/id.ts'
export type { Mask } from './regions/brush-value.ts'
export { maskOutlines } from './regions/mask-outlines.ts'
export type { Page } from './regions/percent.ts'
export { type AnnotationChanges, compareWithPrediction, type RegionChange } from './regions/region-changes.ts'
export { readRegions, type ReadItem, type ReadRegionsOptions } from './regions/read-regions.ts'
export { regionPolygon } from './regions/region-polygon.ts'
export { boxToQuad, quadToBox, type RotatedBox } from './regions/rotated-box.ts'
export type { Ellipse, Keypoint } from './regions/shape-values.ts'
export { findTextControls, type ReadLine, type TextControls, type TextLine } from './regions/text-lines.ts'
export { type CheckedRegions, checkRegions } from './regions/validate.ts'
export type { DroppedRegion } from './regions/dropped.ts'
export type { Vertex } from './regions/vector-value.ts'
export type { Point, Quad } from './geometry/point.ts'

// How good predictions are, by what people answered
export { createEvaluation, type Evaluation, type EvaluationReport } from './evaluation/create-evaluation.ts'
export type { LabelReport } from './evaluation/label-metric.ts'
export type { Verdict } from './evaluation/metric.ts'
export type { ObjectReport } from './evaluation/object-metric.ts'
export type { TextReport } from './evaluation/text-metric.ts'

// The labeling config, and the values of a task
export type {
  ControlTag,
  FindControlOptions,
  FoundControl,
  LabelingConfig,
  ObjectTag,
} from './labeling/config.ts'
export { readDataPath, type TaskValue, taskValues } from './labeling/data-path.ts'
export { type LabelMap, mapLabels } from './labeling/label-map.ts'
export { parseLabelingConfig } from './labeling/parse.ts'

// What a backend is given
export type { Image } from './image/image.ts'
export type { Media, MediaOptions } from './media/media.ts'
export type { Session, Tensor, TensorData, TensorInfo } from './onnx/session.ts'
export type { Manifest } from './registry/manifest.ts'
export type { Models, OpenModel, OpenModelOptions } from './registry/models.ts'
export type { LabelStudioEvent, WebhookAction } from './protocol/events.ts'
export {
  readSubmissions,
  type Submission,
  type Submissions,
  taskSubmissions,
} from './protocol/submissions.ts'
export type { PromptRegion } from './protocol/requests.ts'
export type { Prediction, Region, Relation, ResultItem, VersionedPrediction } from './protocol/result.ts'
export type { AnnotatedTask, Annotation, Task } from './protocol/task.ts'

// Errors and the log
export { type ErrorCode, type ErrorIssue, LsmlError } from './errors.ts'
export { createLogger, type LogFields, type Logger, type LogLevel, silentLogger } from './log.ts'
