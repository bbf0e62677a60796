import { z } from 'zod'

/** What the routes answer, for whoever reads the description; tests hold the answers to it. */

const regionSchema = z
  .looseObject({
    id: z.string(),
    from_name: z.string().describe('Name of the control tag'),
    to_name: z.string().describe('Name of the object tag'),
    type: z.string().describe('The control tag in lower case, such as `rectanglelabels`'),
    value: z.looseObject({}),
    score: z.number().optional(),
  })
  .describe('A region, or the answer of a control')
const relationSchema = z.looseObject({
  type: z.literal('relation'),
  from_id: z.string(),
  to_id: z.string(),
  direction: z.enum(['left', 'right', 'bi']),
})
const predictionSchema = z.looseObject({
  result: z.array(z.union([regionSchema, relationSchema])).describe('Empty: the model found nothing'),
  score: z.number().optional(),
  model_version: z.string(),
})

export const predictAnswerSchema = z.strictObject({
  results: z
    .array(z.union([predictionSchema, z.array(predictionSchema)]))
    .describe('One entry a task, in order: a prediction, several, or `[]` for a task without one'),
  model_version: z.string(),
  errors: z
    .array(
      z.strictObject({
        task: z.number().nullable().describe("The task's id"),
        index: z.int().describe('Its place in the request'),
        code: z.string(),
        message: z.string(),
      }),
    )
    .optional()
    .describe('Why tasks have no prediction'),
})

export const setupAnswerSchema = z.strictObject({
  model_version: z.string().describe('The version that the next predictions carry'),
})

export const webhookAnswerSchema = z.strictObject({
  status: z.enum(['ok', 'Unknown event']),
  training: z.boolean().optional().describe('Whether there is something to learn from it'),
})

export const trainAnswerSchema = z.strictObject({
  job: z.string().optional().describe('For `/job_status`; absent for a backend that does not learn'),
})

export const isTrainingAnswerSchema = z.strictObject({
  is_training: z.boolean(),
  backend: z.literal('none').describe('There is no queue outside of lsml'),
  model_version: z.string(),
  job_id: z.string().optional(),
})

export const jobStatusAnswerSchema = z.strictObject({
  job_status: z.enum(['queued', 'started', 'finished', 'failed', 'canceled']),
  error: z.string().nullable(),
  created_at: z.string(),
  enqueued_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  progress: z.number().min(0).max(1).optional(),
  message: z.string().optional(),
  result: z.strictObject({ model_version: z.string() }).optional().describe('The version that it made'),
})

export const doneAnswerSchema = z.strictObject({ status: z.literal('ok') })

export const versionsAnswerSchema = z.strictObject({
  versions: z.array(z.string()).describe('Oldest first, with that of the backend itself'),
  details: z
    .array(
      z.strictObject({
        project: z.string(),
        version: z.string(),
        active: z.boolean().describe('Whether it serves its project'),
        held_back: z.string().optional().describe('Why it does not serve although it was new'),
        metrics: z.record(z.string(), z.number()),
        created_at: z.iso.datetime(),
        parent: z.string().nullable().describe('What it was learnt from; null is the backend itself'),
      }),
    )
    .describe('Of the versions that training made'),
})

export const healthAnswerSchema = z.looseObject({
  status: z.literal('UP'),
  model_class: z.string().describe('Name of the backend'),
  version: z.string(),
  can_fit: z.boolean(),
  draining: z.boolean(),
  queue: z.strictObject({ length: z.int(), limit: z.int() }),
  devices: z.array(z.string()),
  models: z.array(z.looseObject({ name: z.string(), device: z.string() })),
  workers: z.array(z.looseObject({ pid: z.int(), state: z.string() })),
})

export const readyAnswerSchema = z.strictObject({ ready: z.boolean() })

export const errorAnswerSchema = z.strictObject({
  error: z.strictObject({
    code: z.string().describe('Branch on this, never on the text'),
    message: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
})
