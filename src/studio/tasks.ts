import { z } from 'zod'
import { LsmlError } from '../errors.ts'
import { taskSchema } from '../protocol/task.ts'
import { toFilterTime } from './filter-time.ts'
import type { StudioRequest } from './request.ts'

const annotationSchema = z.looseObject({
  id: z.number(),
  result: z.array(z.looseObject({})).nullish(),
  /** Skipped: no answer. */
  was_cancelled: z.boolean().nullish(),
  ground_truth: z.boolean().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
})
const predictionSchema = z.looseObject({
  id: z.number(),
  result: z.array(z.looseObject({})).nullish(),
  score: z.number().nullish(),
  model_version: z.string().nullish(),
  created_at: z.string().nullish(),
})
const fullTaskSchema = taskSchema.extend({
  id: z.number().int(),
  annotations: z.array(annotationSchema).default([]),
  predictions: z.array(predictionSchema).default([]),
  /** When the task, or an annotation of it, last changed: ISO 8601. */
  updated_at: z.string().nullish(),
})

export type StudioAnnotation = Readonly<z.infer<typeof annotationSchema>>
export type StudioPrediction = Readonly<z.infer<typeof predictionSchema>>
/** A task with all its annotations and predictions. Its data are raw: URLs are not resolved. */
export type FullTask = Readonly<z.infer<typeof fullTaskSchema>>

/** One condition, as the Data Manager has it. */
export interface TaskFilter {
  /** Such as `filter:tasks:id` or `filter:tasks:data.kind`. */
  readonly filter: string
  /** Such as `equal`, `greater`, `contains`, `in`, `empty`. */
  readonly operator: string
  /** `Number`, `Datetime`, `Boolean`, `String`, `List` or `Unknown`. */
  readonly type: string
  readonly value: unknown
}

export interface TaskFilters {
  readonly conjunction: 'and' | 'or'
  readonly items: readonly TaskFilter[]
}

export interface TaskQuery {
  /** @default all tasks */
  readonly filters?: TaskFilters | undefined
  /** Tasks that are asked for at once, and held in memory. @default 100, without their content 500 */
  readonly pageSize?: number | undefined
}

export interface LabeledTaskQuery {
  /** ISO 8601. Only tasks that changed, or whose annotations did, after this. */
  readonly updatedAfter?: string | undefined
  /** @default 100 */
  readonly pageSize?: number | undefined
}

/** What is enough to know whether a copy of a task is still good. */
export interface TaskTime {
  readonly id: number
  /** When the task, or an annotation or prediction of it, last changed: ISO 8601. */
  readonly updatedAt: string
}

/** Tasks of a project in bulk. Streams hold one page in memory, and order by the tasks' ids. */
export interface StudioTasks {
  /** The numbers of the tasks, without their content. */
  taskIds(project: number, query?: TaskQuery): AsyncGenerator<number>
  /** With annotations and predictions. */
  fullTasks(project: number, query?: TaskQuery): AsyncGenerator<FullTask>
  /** Those of `fullTasks` that have an annotation which is not a skip; skips beside it are there, see `was_cancelled`. */
  labeledTasks(project: number, query?: LabeledTaskQuery): AsyncGenerator<FullTask>
  /** The same tasks, without their content. */
  labeledTimes(project: number): AsyncGenerator<TaskTime>
  /** These tasks with annotations and predictions, by their ids; those that were deleted are missing. */
  tasksById(project: number, ids: readonly number[]): Promise<readonly FullTask[]>
}

/** As much as Label Studio gives at once by default. */
const PAGE_SIZE = 100
/** Of tasks without their content. */
const TIMES_SIZE = 500

export function createStudioTasks({ send }: Pick<StudioRequest, 'send'>): StudioTasks {
  async function page<Schema extends z.ZodType<{ readonly id: number }>>(
    project: number,
    schema: Schema,
    { fields, page = 1, size, query }: PageOptions,
  ) {
    const parameters = new URLSearchParams({
      project: String(project),
      page: String(page),
      page_size: String(size),
      resolve_uri: 'false',
      ...fields,
      query: JSON.stringify(query),
    })
    const answer = z.looseObject({ total: z.number(), tasks: z.array(schema) })
    return send('GET', `/tasks?${parameters}`, { schema: answer })
  }

  /**
   * Tasks by their ids. Each page begins behind the last task of the one before, so that none is missed when tasks cease
   * to match, or are deleted, under way. Conditions joined by `or` cannot be narrowed so: there, pages are counted.
   */
  async function* walk<Schema extends z.ZodType<{ readonly id: number }>>(
    project: number,
    schema: Schema,
    fields: Readonly<Record<string, string>>,
    { filters = { conjunction: 'and', items: [] }, pageSize: size = PAGE_SIZE }: TaskQuery,
  ): AsyncGenerator<z.infer<Schema>> {
    const isCounted = filters.conjunction === 'or' && filters.items.length > 1
    let [last, seen] = [0, 0]
    for (let number = 1; ; number++) {
      const items = isCounted ? filters.items : [...filters.items, after(last)]
      const query = {
        filters: { conjunction: isCounted ? 'or' : 'and', items },
        ordering: ['tasks:id'],
      }
      const { total, tasks } = await page(project, schema, {
        fields,
        page: isCounted ? number : 1,
        size,
        query,
      })
      yield* tasks
      const end = tasks.at(-1)?.id ?? 0
      seen += tasks.length
      // Label Studio may give less at once than it was asked for.
      if (tasks.length === 0 || (isCounted ? seen : tasks.length) >= total) return
      if (!isCounted && end <= last) throw unordered(project)
      last = end
    }
  }

  const fullTasks: StudioTasks['fullTasks'] = (project, query = {}) =>
    walk(project, fullTaskSchema, ALL_FIELDS, query)
  return {
    async *taskIds(project, query = {}) {
      const sized = { pageSize: TIMES_SIZE, ...query }
      for await (const { id } of walk(project, idSchema, { include: 'id' }, sized)) yield id
    },
    fullTasks,
    async *labeledTasks(project, { updatedAfter, pageSize } = {}) {
      const changed = updatedAfter === undefined ? [] : [changedAfter(updatedAfter)]
      yield* fullTasks(project, { filters: { conjunction: 'and', items: [LABELED, ...changed] }, pageSize })
    },
    async *labeledTimes(project) {
      const query = { filters: { conjunction: 'and', items: [LABELED] }, pageSize: TIMES_SIZE } as const
      const fields = { include: 'id,updated_at' }
      for await (const { id, updated_at: updatedAt } of walk(project, timeSchema, fields, query))
        yield { id, updatedAt }
    },
    async tasksById(project, ids) {
      const found: FullTask[] = []
      for (let start = 0; start < ids.length; start += PAGE_SIZE) {
        const included = ids.slice(start, start + PAGE_SIZE)
        const query = { selectedItems: { all: false, included }, ordering: ['tasks:id'] }
        const options = { fields: ALL_FIELDS, size: PAGE_SIZE, query }
        found.push(...(await page(project, fullTaskSchema, options)).tasks)
      }
      return found
    },
  }
}

interface PageOptions {
  readonly fields: Readonly<Record<string, string>>
  /** From 1. */
  readonly page?: number
  readonly size: number
  /** `filters`, `selectedItems` and `ordering` of the Data Manager. */
  readonly query: object
}

const idSchema = z.looseObject({ id: z.number().int() })
const timeSchema = idSchema.extend({ updated_at: z.string() })
const ALL_FIELDS = { fields: 'all' }

const LABELED: TaskFilter = {
  filter: 'filter:tasks:total_annotations',
  operator: 'greater',
  type: 'Number',
  value: 0,
}

function after(id: number): TaskFilter {
  return { filter: 'filter:tasks:id', operator: 'greater', type: 'Number', value: id }
}

function changedAfter(time: string): TaskFilter {
  return {
    filter: 'filter:tasks:updated_at',
    operator: 'greater',
    type: 'Datetime',
    value: toFilterTime(time),
  }
}

function unordered(project: number): LsmlError {
  return new LsmlError(
    'STUDIO_UNAVAILABLE',
    `Label Studio did not order or filter the tasks of project ${project} as it was asked to, so they cannot be read in pages. Is it older than 1.5?`,
  )
}
