import { z } from 'zod'
import type { StudioClient } from '../../studio/client.ts'
import { type Check, failed, ok, warning } from '../doctor/check.ts'

const NAME = 'test prediction'

/** Label Studio asks the backend for a prediction of a random task, and stores nothing. */
export async function checkTestPrediction(
  client: StudioClient,
  project: number,
  backend: number,
): Promise<Check> {
  try {
    const [task] = await client.tasks(project, { limit: 1 })
    if (task === undefined)
      return warning(NAME, 'was left out: the project has no task. Import one, and connect again.')
    const answer = await client.testBackend(backend)
    return judge(answer)
  } catch (error) {
    return failed(NAME, error)
  }
}

/** One entry a task: a prediction or a list of them; without any, the backend could not look at the task. */
const answerSchema = z.looseObject({ response: z.array(z.unknown()) })
const predictionSchema = z.looseObject({ result: z.array(z.unknown()) })

function judge(answer: unknown): Check {
  const parsed = answerSchema.safeParse(answer)
  const predictions = (parsed.data?.response ?? [])
    .flat()
    .map((each) => predictionSchema.safeParse(each).data)
    .filter((each) => each !== undefined)
  if (predictions.length === 0)
    return failed(NAME, new Error('The backend answered without a prediction: its log says why.'))
  const results = predictions.reduce((sum, { result }) => sum + result.length, 0)
  return ok(NAME, results === 0 ? 'answered: nothing found in this task' : `answered with ${results} results`)
}
