import type { z } from 'zod'
import {
  deleteRequestSchema,
  duplicateRequestSchema,
  jobStatusRequestSchema,
  predictRequestSchema,
  PROJECT_KEY_PATTERN,
  trainRequestSchema,
  validateRequestSchema,
  versionsRequestSchema,
  webhookRequestSchema,
} from '../../protocol/requests.ts'
import { setupBodySchema } from '../routes/setup.ts'
import {
  doneAnswerSchema,
  healthAnswerSchema,
  isTrainingAnswerSchema,
  jobStatusAnswerSchema,
  predictAnswerSchema,
  readyAnswerSchema,
  setupAnswerSchema,
  trainAnswerSchema,
  versionsAnswerSchema,
  webhookAnswerSchema,
} from './answers.ts'

/** A route, for the description. */
export interface Operation {
  readonly method: 'GET' | 'POST'
  /** With parameters as `{name}`. */
  readonly path: string
  readonly group: 'Predictions' | 'Training' | 'Versions' | 'Server'
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  /** Of the body, as the route checks it. */
  readonly body?: z.ZodType
  readonly isBodyOptional?: boolean
  readonly example?: unknown
  /** By status: a schema of JSON, or a type of content. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>
  /** Statuses with an error as JSON, beside those that any request may get. */
  readonly errors?: readonly number[]
  /** Needs no password. */
  readonly isPublic?: boolean
}

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path'
  readonly description: string
  readonly pattern?: string
}

const PROJECT = '12.1718021542'
const CONFIG =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="Question"/></Choices></View>'
const TASK = { id: 1, data: { text: 'Where is the library?' } }

/** Of a body that has to arrive, be JSON, and be what Label Studio sends. */
const BODY_ERRORS = [400, 408, 413]

/** Every route of the app; tests hold this list and the app to each other. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/predict',
    group: 'Predictions',
    summary: 'Predict tasks',
    description:
      'With `params.context` a smart tool asks for one task: then the entry is always an object, and a failure is an error.',
    body: predictRequestSchema,
    example: { tasks: [TASK], project: PROJECT, label_config: CONFIG, params: { context: null } },
    answers: { 200: predictAnswerSchema },
    errors: [...BODY_ERRORS, 403, 422, 500, 502, 503, 504],
  },
  {
    method: 'POST',
    path: '/setup',
    group: 'Predictions',
    summary: 'Tell of a project',
    description: 'Answered at once; the model is loaded in the background.',
    body: setupBodySchema,
    example: { project: PROJECT, schema: CONFIG, hostname: 'http://localhost:8080', access_token: '' },
    answers: { 200: setupAnswerSchema },
    errors: [...BODY_ERRORS, 503],
  },
  {
    method: 'POST',
    path: '/validate',
    group: 'Predictions',
    summary: 'Check a labeling config',
    body: validateRequestSchema,
    example: { config: CONFIG },
    answers: { 200: doneAnswerSchema },
    errors: [...BODY_ERRORS, 422],
  },
  {
    method: 'POST',
    path: '/webhook',
    group: 'Training',
    summary: 'Tell of an event',
    description:
      'Of any action; annotations and START_TRAINING start a training of a backend that learns. What is acknowledged is kept.',
    body: webhookRequestSchema,
    example: { action: 'START_TRAINING', project: { id: 12, label_config: CONFIG } },
    answers: { 200: webhookAnswerSchema },
    errors: [...BODY_ERRORS, 503],
  },
  {
    method: 'POST',
    path: '/webhook/{secret}',
    group: 'Training',
    summary: 'The same, with the secret of the webhook',
    parameters: [{ name: 'secret', in: 'path', description: 'In the place of the password' }],
    body: webhookRequestSchema,
    answers: { 200: webhookAnswerSchema },
    errors: [...BODY_ERRORS, 503],
    isPublic: true,
  },
  {
    method: 'POST',
    path: '/train',
    group: 'Training',
    summary: 'Train with tasks of the body',
    description: 'What Label Studio before about 1.12 sends.',
    body: trainRequestSchema,
    example: {
      annotations: [{ ...TASK, annotations: [{ id: 7, result: [] }] }],
      project: PROJECT,
      label_config: CONFIG,
      params: { login: null, password: null },
    },
    answers: { 200: trainAnswerSchema, 201: trainAnswerSchema },
    errors: [...BODY_ERRORS, 503],
  },
  {
    method: 'GET',
    path: '/is_training',
    group: 'Training',
    summary: 'Whether something is learnt now',
    parameters: [
      {
        name: 'project',
        in: 'query',
        description: 'A project key such as `12.1718021542`; all without it',
        pattern: PROJECT_KEY_PATTERN,
      },
    ],
    answers: { 200: isTrainingAnswerSchema },
    errors: [400],
  },
  {
    method: 'POST',
    path: '/job_status',
    group: 'Training',
    summary: 'What became of a training',
    body: jobStatusRequestSchema,
    example: { job: 'the job of /train' },
    answers: { 200: jobStatusAnswerSchema },
    errors: [...BODY_ERRORS, 410],
  },
  {
    method: 'GET',
    path: '/versions',
    group: 'Versions',
    summary: 'Versions of all projects',
    answers: { 200: versionsAnswerSchema },
  },
  {
    method: 'POST',
    path: '/versions',
    group: 'Versions',
    summary: 'Versions of a project',
    description: 'Label Studio 1.6 and 1.7 ask so. Without a project, those of all.',
    body: versionsRequestSchema,
    isBodyOptional: true,
    example: { project: PROJECT },
    answers: { 200: versionsAnswerSchema },
    errors: BODY_ERRORS,
  },
  {
    method: 'POST',
    path: '/duplicate_model',
    group: 'Versions',
    summary: 'Copy what a project has learnt to another',
    body: duplicateRequestSchema,
    example: { project_src: PROJECT, project_dst: '13.1718021600' },
    answers: { 200: doneAnswerSchema },
    errors: [...BODY_ERRORS, 503],
  },
  {
    method: 'POST',
    path: '/delete',
    group: 'Versions',
    summary: 'Forget a project and all that it has learnt',
    body: deleteRequestSchema,
    example: { project: PROJECT },
    answers: { 200: doneAnswerSchema },
    errors: [...BODY_ERRORS, 503],
  },
  {
    method: 'GET',
    path: '/health',
    group: 'Server',
    summary: 'That the server lives, and what is known of its workers',
    answers: { 200: healthAnswerSchema },
  },
  { method: 'GET', path: '/', group: 'Server', summary: 'As /health', answers: { 200: healthAnswerSchema } },
  {
    method: 'GET',
    path: '/ready',
    group: 'Server',
    summary: 'Whether to send work here',
    answers: { 200: readyAnswerSchema, 503: readyAnswerSchema },
    isPublic: true,
  },
  {
    method: 'GET',
    path: '/metrics',
    group: 'Server',
    summary: 'Numbers for Prometheus',
    answers: { 200: 'text/plain' },
  },
  {
    method: 'GET',
    path: '/openapi.json',
    group: 'Server',
    summary: 'This description',
    answers: { 200: 'application/json' },
  },
  {
    method: 'GET',
    path: '/docs',
    group: 'Server',
    summary: 'This description as a page',
    answers: { 200: 'text/html' },
  },
]
