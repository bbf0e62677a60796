import { z } from 'zod'
import { taskSchema } from './task.ts'

/** Of a project key: an id that can be a part of paths and log lines, and what may follow it. */
export const PROJECT_KEY_PATTERN = String.raw`^[A-Za-z0-9_-]{1,64}(\.[^\n]*)?$`

/**
 * `"12.1718021542"`: project id, a dot, the second the project was made. Older servers and scripts send a number. The
 * pattern stands here for the description alone: the server's own message names the project.
 */
export const projectKeySchema = z
  .union(
    [z.string().meta({ pattern: PROJECT_KEY_PATTERN }), z.number().min(0).max(Number.MAX_SAFE_INTEGER)],
    'Invalid input: expected a project key such as `12.1718021542`',
  )
  .transform(String)

/** The project's id out of `"12.1718021542"`. */
export function projectIdOf(projectKey: string): string {
  return projectKey.split('.', 1)[0] ?? projectKey
}

/** The text area of Label Studio holds a string of JSON, its API an object. Unparsable text is kept for the message. */
export const extraParamsSchema = z.union([z.string(), z.record(z.string(), z.unknown())]).nullish()

export const setupRequestSchema = z.looseObject({
  project: projectKeySchema,
  schema: z.string().nullish(),
  hostname: z.string().nullish(),
  access_token: z.string().nullish(),
  extra_params: extraParamsSchema,
})
export type SetupRequest = z.infer<typeof setupRequestSchema>

/** A drawn region, as the editor sends it to a smart tool. Only image prompts have `is_positive`. */
export interface PromptRegion {
  readonly id?: string | undefined
  readonly from_name?: string | undefined
  readonly to_name?: string | undefined
  readonly type?: string | undefined
  readonly value?: Readonly<Record<string, unknown>> | undefined
  readonly is_positive?: boolean | undefined
  readonly original_width?: number | undefined
  readonly original_height?: number | undefined
  readonly item_index?: number | undefined
  readonly [key: string]: unknown
}

export const predictContextSchema = z.looseObject({ result: z.array(z.looseObject({})).nullish() }).nullish()

export const predictRequestSchema = z.looseObject({
  tasks: z.array(taskSchema),
  project: projectKeySchema.nullish(),
  label_config: z.string().nullish(),
  params: z
    .looseObject({
      context: predictContextSchema,
      login: z.string().nullish(),
      password: z.string().nullish(),
    })
    .nullish(),
})
export type PredictRequest = z.infer<typeof predictRequestSchema>

/**
 * Label Studio before 1.12 or so trains with all annotated tasks in the body, under the name of `annotations`. Ids beyond
 * 2^53 are strings.
 */
export const trainRequestSchema = z.looseObject({
  annotations: z
    .array(
      z.looseObject({
        id: z.union([z.number(), z.string()]).optional(),
        data: z.record(z.string(), z.unknown()),
        annotations: z.array(z.looseObject({})).nullish(),
      }),
    )
    .min(1, 'No annotations found'),
  project: projectKeySchema.nullish(),
  label_config: z.string().nullish(),
  params: z.looseObject({}).nullish(),
})
export type TrainRequest = z.infer<typeof trainRequestSchema>

/** Defined in Label Studio's client, and called by none of its versions that were read. */
export const jobStatusRequestSchema = z.looseObject({
  job: z.union([z.string(), z.number()]).transform(String),
})
export const validateRequestSchema = z.looseObject({ config: z.string() })
export const deleteRequestSchema = z.looseObject({ project: projectKeySchema })
export const duplicateRequestSchema = z.looseObject({
  project_src: projectKeySchema,
  project_dst: projectKeySchema,
})

/** Only 1.6 and 1.7 say for which project they ask. */
export const versionsRequestSchema = z.looseObject({ project: projectKeySchema.nullish() })

/** Shallow on purpose: annotations can be megabytes, and their shape differs with every Label Studio version. */
export const webhookRequestSchema = z.looseObject({ action: z.string() })
export type WebhookRequest = z.infer<typeof webhookRequestSchema>
