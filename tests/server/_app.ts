import { expect } from 'bun:test'
import type { ErrorIssue } from '../../src/errors.ts'
import type { LogFields, Logger, LogLevel } from '../../src/log.ts'
import type { PredictJob, Runner, TaskOutcome } from '../../src/runner/runner.ts'
import type { App } from '../../src/server/app.ts'

/** A whole image project, as Label Studio sends it. */
export const SCHEMA =
  '<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image"><Label value="Car"/></RectangleLabels></View>'

export const SETUP = {
  project: '12.1718021542',
  schema: SCHEMA,
  hostname: 'http://localhost:8080',
  access_token: 'token',
  extra_params: null,
}

export function post(app: App, path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return Promise.resolve(
    app.request(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    }),
  )
}

/** What any route may answer. */
export interface Answer {
  readonly model_version: string
  readonly results: readonly unknown[]
  readonly versions: readonly string[]
  readonly error: { readonly code: string; readonly message: string; readonly issues: readonly ErrorIssue[] }
}

export async function answerOf(response: Response): Promise<Answer> {
  expect(response.headers.get('content-type')).toContain('application/json')
  return (await response.json()) as Answer
}

/** As many tasks as asked for, with ids from 1. */
export function tasks(count: number): { id: number; data: { image: string } }[] {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, data: { image: `${index + 1}.png` } }))
}

/** A runner whose workers are as a test wants them; it answers every task with an empty prediction. */
export function fakeRunner(overrides: Partial<Runner> = {}): Runner {
  return {
    info: { name: 'fake', version: '1.0', canFit: false },
    warm() {},
    async setUp() {},
    predict: async (job) => job.tasks.map(() => emptyOutcome(job)),
    fit: async () => ({ trainOutput: undefined }),
    status: () => [{ pid: 1, state: 'ready', restarts: 0, projects: [], models: [] }],
    async close() {},
    ...overrides,
  }
}

export function emptyOutcome({ project }: PredictJob): TaskOutcome {
  return { predictions: [{ result: [], model_version: project.version }], several: false, dropped: [] }
}

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  readonly fields: LogFields
}

/** Keeps what is logged. */
export function recordingLog(lines: LogLine[] = [], base: LogFields = {}): Logger & { lines: LogLine[] } {
  const add = (level: LogLevel) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields: { ...base, ...fields } })
  return {
    lines,
    error: add('error'),
    warn: add('warn'),
    info: add('info'),
    debug: add('debug'),
    with: (fields) => recordingLog(lines, { ...base, ...fields }),
  }
}
