import { z } from 'zod'
import type { LearntDetections } from './learn-detections.ts'

const learntSchema = z.object({
  thresholds: z.record(z.string(), z.number()),
  relabelings: z.record(
    z.string(),
    z.union([
      z.object({ label: z.string() }),
      z.object({
        classifier: z.object({
          labels: z.array(z.string()),
          weights: z.array(z.array(z.number())),
          bias: z.array(z.number()),
        }),
      }),
    ]),
  ),
})

/** @returns undefined for JSON that is not what `learnDetections` gives, such as that of another version */
export function readLearnt(json: unknown): Pick<LearntDetections, 'thresholds' | 'relabelings'> | undefined {
  const parsed = learntSchema.safeParse(json)
  return parsed.success ? parsed.data : undefined
}
