import { Hono } from 'hono'
import type { ModelStatus } from '../../runner/runner.ts'
import type { AppEnv, Parts } from '../parts.ts'

/** That the server lives, and what is known of its workers: from memory, whatever the workers do. */
export function healthRoutes({ runner, queue, isDraining }: Parts): Hono<AppEnv> {
  const health = () => {
    const workers = runner.status()
    const models = workers.flatMap((worker) => worker.models)
    return {
      status: 'UP',
      model_class: runner.info.name,
      version: runner.info.version,
      can_fit: runner.info.canFit,
      draining: isDraining(),
      queue: { length: queue.length, limit: queue.limit },
      devices: [...new Set(models.map(({ device }) => device))],
      models: models.map(toModel),
      workers: workers.map(({ pid, state, restarts, projects, rssBytes }) => ({
        pid,
        state,
        restarts,
        projects,
        rss_bytes: rssBytes,
      })),
    }
  }
  return new Hono<AppEnv>().get('/', (c) => c.json(health())).get('/health', (c) => c.json(health()))
}

/** Whether to send work here: not while it stops, nor without a worker that can take it. */
export function readyRoute({ runner, isDraining }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/ready', (c) => {
    const ready = !isDraining() && canWork(runner.status())
    return c.json({ ready }, ready ? 200 : 503)
  })
}

/** A runner without workers works in this process. */
function canWork(workers: ReturnType<Parts['runner']['status']>): boolean {
  return workers.length === 0 || workers.some(({ state }) => state === 'ready' || state === 'busy')
}

/** Without the file's path, which is nobody's business but the machine's. */
function toModel({ name, device, fellAway, loadMs, bytes }: ModelStatus) {
  return { name, device, fell_away: fellAway, load_ms: Math.round(loadMs), bytes }
}
