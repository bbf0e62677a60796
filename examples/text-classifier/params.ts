import { z } from 'zod'

export const params = z.object({
  /** How much the examples count against caution: scikit-learn's `C`. */
  strength: z.number().positive().max(1000).default(10),
  /** From which probability on a choice is made, where several may be (`choice="multiple"`). */
  threshold: z.number().min(0).max(1).default(0.5),
  /** Annotations that are learnt from at most: the oldest are forgotten. */
  mostAnnotations: z.number().int().min(1).max(100_000).default(10_000),
})

export type TextParams = z.output<typeof params>
