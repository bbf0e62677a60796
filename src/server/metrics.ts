import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { WorkerStatus } from '../runner/runner.ts'
import type { StoreCounts } from '../store/store.ts'
import type { TrainingOutcome } from '../training/attempt-end.ts'
import type { Queue } from './queue.ts'

/** Seconds. From an answer out of memory to the deadline. */
const BUCKETS = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 20, 40, 85]

/** The numbers of one app, in a registry of its own: two apps in one process do not meet. */
export interface Metrics {
  request(route: string, method: string, status: number, seconds: number): void
  tasks(count: number): void
  taskFailure(code: string): void
  droppedRegion(rule: string): void
  training(result: TrainingOutcome): void
  /** Prometheus text. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  readonly queue: Queue
  readonly status: () => readonly WorkerStatus[]
  /** What waits to be learnt from. */
  readonly counts: () => Promise<StoreCounts>
}

export function createMetrics({ queue, status, counts }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: 'lsml_requests_total',
    help: 'Requests answered.',
    labelNames: ['route', 'method', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'lsml_request_duration_seconds',
    help: 'From the arrival of a request to its answer.',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers,
  })
  const tasks = new Counter({
    name: 'lsml_tasks_total',
    help: 'Tasks that predictions were asked for.',
    registers,
  })
  const failures = new Counter({
    name: 'lsml_task_failures_total',
    help: 'Tasks without a prediction, by the code of the error.',
    labelNames: ['code'],
    registers,
  })
  const dropped = new Counter({
    name: 'lsml_dropped_regions_total',
    help: 'Regions taken out of predictions, by the rule that they broke.',
    labelNames: ['rule'],
    registers,
  })
  const trainings = new Counter({
    name: 'lsml_trainings_total',
    help: 'Attempts to train that ended, by what came of them.',
    labelNames: ['result'],
    registers,
  })
  addGauges(registry, queue, status)
  addTrainingGauges(registry, counts)
  return {
    request(route, method, code, duration) {
      requests.inc({ route, method, status: code })
      seconds.observe({ route }, duration)
    },
    tasks: (count) => tasks.inc(count),
    taskFailure: (code) => failures.inc({ code }),
    droppedRegion: (rule) => dropped.inc({ rule }),
    training: (result) => trainings.inc({ result }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** Of all processes that share the store: autoscaling goes by them. */
function addTrainingGauges(registry: Registry, counts: () => Promise<StoreCounts>): void {
  // While the store cannot be reached, the other numbers are told all the same.
  const unknown = { queued: Number.NaN, running: Number.NaN, pendingEvents: Number.NaN }
  const known = () => counts().catch(() => unknown)
  const jobs = new Gauge({
    name: 'lsml_training_jobs',
    help: 'Trainings that wait or run, by their state.',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const { queued, running } = await known()
      this.set({ state: 'queued' }, queued)
      this.set({ state: 'running' }, running)
    },
  })
  const events = new Gauge({
    name: 'lsml_training_pending_events',
    help: 'Events that are in no training yet.',
    registers: [],
    async collect() {
      this.set((await known()).pendingEvents)
    },
  })
  registry.registerMetric(jobs)
  registry.registerMetric(events)
}

/** Read when asked for. */
function addGauges(registry: Registry, queue: Queue, status: () => readonly WorkerStatus[]): void {
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    set: (gauge: Gauge<Label>) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        set(this)
      },
    })
  gauge('lsml_queue_length', 'Predictions that run or wait.', [], (self) => self.set(queue.length))
  gauge('lsml_queue_limit', 'Predictions that may run or wait.', [], (self) => self.set(queue.limit))
  gauge('lsml_workers', 'Workers by state.', ['state'], (self) => {
    for (const { state } of status()) self.inc({ state })
  })
  gauge('lsml_worker_restarts', 'How often workers were restarted.', [], (self) => {
    self.set(status().reduce((sum, { restarts }) => sum + restarts, 0))
  })
  gauge('lsml_worker_memory_bytes', 'Resident memory of a worker.', ['pid'], (self) => {
    for (const { pid, rssBytes } of status()) if (rssBytes !== undefined) self.set({ pid }, rssBytes)
  })
  gauge('lsml_model_bytes', 'Size of an open model, in all workers.', ['model', 'device'], (self) => {
    for (const { models } of status()) {
      for (const { name, device, bytes } of models) self.inc({ model: name, device }, bytes)
    }
  })
  gauge('lsml_model_load_seconds', 'What opening a model took.', ['model', 'device'], (self) => {
    for (const { models } of status()) {
      for (const { name, device, loadMs } of models) self.set({ model: name, device }, loadMs / 1000)
    }
  })
}
