import { Hono, type MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import type { Backend, ParamsSchema } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import { createLogger, type Logger } from '../log.ts'
import type { HostSettings } from '../projects/settings.ts'
import { createInlineRunner } from '../runner/inline.ts'
import type { Runner } from '../runner/runner.ts'
import type { Store } from '../store/store.ts'
import { type BasicAuth, requireAuth } from './auth.ts'
import { jsonBody } from './body.ts'
import { createLearning, type TrainingOptions } from './create-training.ts'
import { errorResponse } from './error-response.ts'
import { createMetrics } from './metrics.ts'
import { toNotFound } from './not-found.ts'
import { observe } from './observe.ts'
import type { AppEnv, Parts } from './parts.ts'
import { createQueue } from './queue.ts'
import { copyRoutes } from './routes/copies.ts'
import { docsRoutes } from './routes/docs.ts'
import { healthRoutes, readyRoute } from './routes/health.ts'
import { jobRoutes } from './routes/jobs.ts'
import { metricsRoute } from './routes/metrics.ts'
import { predictRoute } from './routes/predict.ts'
import { setupRoute } from './routes/setup.ts'
import { trainRoute } from './routes/train.ts'
import { validateRoute } from './routes/validate.ts'
import { versionsRoute } from './routes/versions.ts'
import { WEBHOOK_PATHS, webhookRoute } from './routes/webhook.ts'
import { refuseOtherOrigins } from './same-origin.ts'
import { createSharedProjects } from './shared-projects.ts'
import { within } from './timers.ts'

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
  /** What survives a restart: events, trainings, versions. The app owns it. @default one in memory, in which nothing does */
  readonly store?: Store | undefined
  /** Folder of the work of trainings and the files that they leave. @default a temporary one, which goes at the end */
  readonly dataDir?: string | undefined
  readonly training?: TrainingOptions | undefined
  /** Path in front of every route, such as `/ml/ocr`. @default '' */
  readonly basePath?: string | undefined
  /** How a backend is run in this process; a runner has its own. */
  readonly settings?: HostSettings | undefined
  /** @default one that writes to stderr */
  readonly log?: Logger | undefined
}

/** A Hono app: its `fetch` runs in Bun, Node and Deno, by itself or inside another app. */
export interface App extends Hono<AppEnv> {
  /** Resolves when it serves what was learnt before, and rejects when that cannot be read; requests wait for it. */
  readonly started: Promise<void>
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
  let draining = false
  const learning = createLearning({
    runner,
    store: options.store,
    dataDir: options.dataDir,
    training: options.training ?? {},
    log,
    async inputOf(project, labelConfig) {
      await projects.lookUp(project)
      return projects.input(project, labelConfig)
    },
    async prepare(project, version) {
      // Of one that nobody has told of, nothing is set up that could be replaced.
      if (projects.has(project)) await runner.setUp({ ...projects.input(project), ...version })
    },
    onEnd: (outcome) => metrics.training(outcome),
  })
  const { store, versions, intake, files } = learning
  const projects = createSharedProjects({ store, versions, log })
  const metrics = createMetrics({ queue, status: () => runner.status(), counts: () => store.counts() })
  const isDraining = () => draining
  const parts: Parts = {
    runner,
    store,
    versions,
    intake,
    files,
    queue,
    log,
    deadlineMs,
    projects,
    metrics,
    isDraining,
  }
  const start = async () => {
    await projects.start()
    await learning.start()
  }
  const started = start()
  // Each request tells it.
  started.catch(() => {})

  const app = new Hono<AppEnv>({ strict: false })
  app.onError((error, c) => errorResponse(c, error, log))
  app.notFound((c) => errorResponse(c, toNotFound(c, app), log))
  app.use(requestId({ limitLength: 128 }), observe(parts))
  const routes = app.basePath(basePath)
  routes.route('/', readyRoute(parts))
  // Whoever probes /ready has no password; what comes after this line asks for it.
  app.use(requireAuth({ basicAuth, webhookSecret }), refuseOtherOrigins())
  app.use(async (_c, next) => {
    await started
    await next()
  })
  const readBody = jsonBody({ limit: bodyLimit, timeoutMs: deadlineMs })
  const readEvent = jsonBody({ limit: bodyLimit, timeoutMs: deadlineMs, keepsDigits: true })
  const changing = ['/setup', '/predict', ...WEBHOOK_PATHS, '/train', '/duplicate_model', '/delete']
  routes.on('POST', changing, refuseWhileDraining(parts))
  routes.on(
    'POST',
    ['/setup', '/versions', '/validate', '/job_status', '/duplicate_model', '/delete'],
    readBody,
  )
  routes.on('POST', [...WEBHOOK_PATHS, '/train'], readEvent)
  routes.route('/', healthRoutes(parts))
  routes.route('/', setupRoute(parts))
  routes.route('/', predictRoute(parts, readBody))
  routes.route('/', webhookRoute(parts))
  routes.route('/', versionsRoute(parts))
  routes.route('/', trainRoute(parts))
  routes.route('/', jobRoutes(parts))
  routes.route('/', copyRoutes(parts))
  routes.route('/', validateRoute())
  routes.route('/', metricsRoute(parts))
  const docs = { hasPassword: basicAuth !== undefined, hasWebhookSecret: webhookSecret !== undefined }
  routes.route('/', docsRoutes(parts, docs))

  return Object.assign(app, {
    started,
    drain() {
      draining = true
    },
    async close({ graceMs = deadlineMs }: { readonly graceMs?: number } = {}) {
      draining = true
      const graceEndsAt = Date.now() + graceMs
      await started.catch(() => {})
      const stopped = learning.stop()
      await within(graceMs, queue.idle())
      await stopped
      await runner.close({ graceMs: Math.max(0, graceEndsAt - Date.now()) })
      projects.close()
      await learning.close()
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
