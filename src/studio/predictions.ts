import { z } from 'zod'
import { LsmlError } from '../errors.ts'
import type { VersionedPrediction } from '../protocol/result.ts'
import type { StudioRequest } from './request.ts'

/** A prediction and the task that it is of. */
export interface TaskPrediction extends VersionedPrediction {
  readonly task: number
}

export interface StudioPredictions {
  /**
   * Stores predictions in one request. Label Studio leaves out in silence those that its own check refuses, and takes
   * none at all when a task is not the project's.
   *
   * @returns how many it stored
   */
  addPredictions(project: number, predictions: readonly TaskPrediction[]): Promise<number>
  /** Stores one, which Label Studio does not check. */
  addPrediction(project: number, prediction: TaskPrediction): Promise<void>
  /** It is all right when it is gone already. */
  deletePrediction(id: number): Promise<void>
}

/** A batch with masks has megabytes, and Label Studio checks each region. */
const BATCH_MS = 120_000

const createdSchema = z.looseObject({ created: z.number() })

export function createStudioPredictions({ send }: Pick<StudioRequest, 'send'>): StudioPredictions {
  return {
    async addPredictions(project, predictions) {
      const { created } = await send('POST', `/projects/${project}/import/predictions`, {
        schema: createdSchema,
        body: predictions,
        timeoutMs: BATCH_MS,
      })
      return created
    },
    async addPrediction(project, prediction) {
      await send('POST', '/predictions/', { schema: z.unknown(), body: { ...prediction, project } })
    },
    async deletePrediction(id) {
      try {
        await send('DELETE', `/predictions/${id}/`, { schema: z.unknown() })
      } catch (error) {
        if (!(error instanceof LsmlError) || error.code !== 'NOT_FOUND') throw error
      }
    },
  }
}
