import { openTaskCopies, type TaskCopiesOptions } from './task-copies.ts'
import type { FullTask, StudioTasks, TaskTime } from './tasks.ts'

/** Tasks that are asked for at once, and held in memory. */
const CHUNK = 100

/**
 * The labeled tasks of a project, by their ids. Label Studio is asked which ones there are and when they last changed; only
 * those that are new or have changed since the last time are downloaded, the others are read from the file of copies.
 */
export async function* readCopiedTasks(
  studio: Pick<StudioTasks, 'labeledTimes' | 'tasksById'>,
  project: number,
  file: string,
  options: TaskCopiesOptions = {},
): AsyncGenerator<FullTask> {
  const copies = await openTaskCopies(file, options)
  let isComplete = false
  try {
    for await (const chunk of inChunks(studio.labeledTimes(project))) {
      const known: (FullTask | undefined)[] = []
      for (const time of chunk) known.push(await copies.find(time))
      const missing = chunk.filter((_, index) => known[index] === undefined).map(({ id }) => id)
      const fetched = missing.length === 0 ? [] : await studio.tasksById(project, missing)
      const byId = new Map(fetched.map((task) => [task.id, task]))
      // Those that are missing now were deleted since they were listed.
      const tasks = chunk.flatMap(({ id }, index) => known[index] ?? byId.get(id) ?? [])
      for (const task of tasks) await copies.keep(task)
      yield* tasks
    }
    isComplete = true
  } finally {
    await copies.close(isComplete)
  }
}

async function* inChunks(times: AsyncIterable<TaskTime>): AsyncGenerator<readonly TaskTime[]> {
  let chunk: TaskTime[] = []
  for await (const time of times) {
    chunk.push(time)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
