import type { FitContext } from '../backend.ts'
import { LsmlError } from '../errors.ts'
import {
  readSubmissions,
  type Submission,
  type Submissions,
  taskSubmissions,
} from '../protocol/submissions.ts'

/**
 * What there is to learn in a `fit`: what the events tell. Who asks for a training, and sends nothing along, has it learn
 * from all that the project has and nothing was learnt from yet, such as what was annotated before the backend was connected.
 * Where Label Studio does not give that, a line of the log says why.
 *
 * @param known ids of the annotations that were learnt from
 */
export async function newSubmissions(
  { events, tasks, log }: Pick<FitContext<unknown>, 'events' | 'tasks' | 'log'>,
  known: Iterable<string>,
): Promise<Submissions> {
  const told = readSubmissions(events)
  if (told.submitted.length > 0 || told.gone.length > 0) return told
  const learnt = new Set(known)
  const submitted: Submission[] = []
  try {
    for await (const task of tasks())
      submitted.push(...taskSubmissions(task).filter(({ id }) => !learnt.has(id)))
  } catch (error) {
    if (!(error instanceof LsmlError)) throw error
    log.warn(`Only what is submitted from now on is learnt from: ${error.message}`)
  }
  return { submitted, gone: [] }
}
