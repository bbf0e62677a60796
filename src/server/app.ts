import { Hono, type MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import type { Backend, ParamsSchema } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import { createLogger, type Logger } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createInlineRunner } from '../runner/inline.ts'
import type { Runner } from '../runner/runner.ts'
import { type BasicAuth, requireAuth } from './auth.ts'
import { jsonBody } from './body.ts'
import { errorResponse } from './error-response.ts'
import { createMetrics } from './metrics.ts'
import { toNotFound } from './not-found.ts'
import { observe } from './observe.ts'
import type { AppEnv, Parts } from './parts.ts'
import { createProjects } from './projects.ts'
import { createQueue } from './queue.ts'
import { docsRoutes } from './routes/docs.ts'
import { healthRoutes, readyRoute } from './routes/health.ts'
import { metricsRoute } from './routes/metrics.ts'
import { predictRoute } from './routes/predict.ts'
import { setupRoute } from './routes/setup.ts'
import { validateRoute } from './routes/validate.ts'
import { versionsRoute } from './routes/versions.ts'
import { WEBHOOK_PATHS, webhookRoute } from './routes/webhook.ts'
import { train } from './train.ts'
import { refuseOtherOrigins } from './same-origin.ts'
import { elapse, within } from './timers.ts'
import { createTrainer } from './trainer.ts'
import { createMemoryVersions } from './versions.ts'

export interface AppOptions {
  /** For all routes but `/ready`. Webhooks of Label Studio carry it only when it stands in the backend's URL. */
  readonly basicAuth?: BasicAuth | undefined
  /**
   * Asked for at `/webhook`, where it stands for the password: as `/webhook/<secret>` or as `Authorization: Bearer
   * <secret>`. Without a password, the button *Start Training* is refused, too: Label Studio sends nothing else with it.
   */
  readonly webhookSecret?: string | undefined
  /** Bytes of a request's body. Label Studio sends all selected tasks in one. @default 100 MB */
  readonly bodyLimit?: number | undefined
  /** Predictions that may run or wait; more are refused at once. @default 64 */
  readonly maxQueue?: number | undefined
  /** Milliseconds from a request's arrival to its answer. Label Studio itself is cut off after 90 s. @default 85 000 */
  readonly deadlineMs?: number | undefined
  /** Milliseconds that a training waits for further events of the same submission. @default 500 */
  readonly trainingDelayMs?: number | undefined
  /** Path in front of every route, such as `/ml/ocr`. @default '' */
  readonly basePath?: string | undefined
  /** How a backend is run in this process; a runner has its own. */
  readonly settings?: HostSettings | undefined
  /** @default one that writes to stderr */
  readonly log?: Logger | undefined
}

/** A Hono app: its `fetch` runs in Bun, Node and Deno, by itself or inside another app. */
export interface App extends Hono<AppEnv> {
  /** From now on `/ready` answers 503 and new work is refused; what runs goes on. */
  drain(): void
  /**
   * Drains, waits for the predictions in flight, and closes the runner.
   *
   * @param options graceMs: how long to wait. @default the deadline
   */
  close(options?: { readonly graceMs?: number }): Promise<void>
}

/**
 * Serves a backend to Label Studio: without a port, an environment or a process.
 * A backend runs in this process; a runner, such as `createProcessRunner` of `lsml/bun`, where it wants. The app owns it.
 *
 * @example
 * const app = createApp(backend)
 * export default { port: 9090, fetch: app.fetch }
 */
export function createApp<Schema extends ParamsSchema, Model>(
  backend: Backend<Schema, Model> | Runner,
  options: AppOptions = {},
): App {
  const {
    basicAuth,
    webhookSecret,
    bodyLimit = 100e6,
    maxQueue = 64,
    deadlineMs = 85_000,
    basePath = '',
  } = options
  const log = options.log ?? createLogger()
  const runner = isRunner(backend) ? backend : createInlineRunner(backend, options.settings ?? {}, { log })
  const queue = createQueue(maxQueue)
  const versions = createMemoryVersions(runner.info.version)
  let draining = false
  const shared = {
    runner,
    versions,
    queue,
    log,
    deadlineMs,
    projects: createProjects(versions),
    metrics: createMetrics(queue, () => runner.status()),
    isDraining: () => draining,
  }
  const trainer = createTrainer({
    train: (project, event, signal) => train(shared, project, event, signal),
    settle: (signal) => elapse(options.trainingDelayMs ?? 500, signal),
  })
  const parts: Parts = { ...shared, trainer }

  const app = new Hono<AppEnv>({ strict: false })
  app.onError((error, c) => errorResponse(c, error, log))
  app.notFound((c) => errorResponse(c, toNotFound(c, app), log))
  app.use(requestId({ limitLength: 128 }), observe(parts))
  const routes = app.basePath(basePath)
  routes.route('/', readyRoute(parts))
  // Whoever probes /ready has no password; what comes after this line asks for it.
  app.use(requireAuth({ basicAuth, webhookSecret }), refuseOtherOrigins())
  const readBody = jsonBody({ limit: bodyLimit, timeoutMs: deadlineMs })
  const readEvent = jsonBody({ limit: bodyLimit, timeoutMs: deadlineMs, keepsDigits: true })
  routes.on('POST', ['/setup', '/predict', ...WEBHOOK_PATHS], refuseWhileDraining(parts))
  routes.on('POST', ['/setup', '/versions', '/validate'], readBody)
  routes.on('POST', [...WEBHOOK_PATHS], readEvent)
  routes.route('/', healthRoutes(parts))
  routes.route('/', setupRoute(parts))
  routes.route('/', predictRoute(parts, readBody))
  routes.route('/', webhookRoute(parts))
  routes.route('/', versionsRoute(parts))
  routes.route('/', validateRoute())
  routes.route('/', metricsRoute(parts))
  const docs = { hasPassword: basicAuth !== undefined, hasWebhookSecret: webhookSecret !== undefined }
  routes.route('/', docsRoutes(parts, docs))

  return Object.assign(app, {
    drain() {
      draining = true
    },
    async close({ graceMs = deadlineMs }: { readonly graceMs?: number } = {}) {
      draining = true
      const graceEndsAt = Date.now() + graceMs
      const trained = trainer.close()
      await within(graceMs, queue.idle())
      await Promise.all([trained, runner.close({ graceMs: Math.max(0, graceEndsAt - Date.now()) })])
    },
  })
}

function isRunner(value: object): value is Runner {
  return 'info' in value && 'warm' in value
}

function refuseWhileDraining({ isDraining }: Parts): MiddlewareHandler<AppEnv> {
  return async function refuseWhileDraining(_c, next) {
    if (isDraining()) throw new LsmlError('CANCELLED', 'The server is stopping. Try again when it is back.')
    await next()
  }
}
