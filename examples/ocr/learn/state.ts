import { z } from 'zod'
import { readTextMemory, type TextMemory, type TextWeights } from '../../../src/learning/index.ts'
import type { OcrParams } from '../params.ts'

/** What `fit` returns: plain JSON. */
export interface TrainOutput {
  /** The models that it was learnt from: with others it is worth nothing. */
  readonly basis: string
  /** How much what is known of the texts counts; absent where the recognizer alone reads as well. */
  readonly weights?: TextWeights
  /** The score below which boxes are left out, and the one that it is better than; absent where that one is as good. */
  readonly boxThreshold?: { readonly learnt: number; readonly insteadOf: number }
  /** What all this is learnt from. */
  readonly memory: TextMemory
  /** Of held-out lines; `lsml versions` shows them. */
  readonly metrics?: Readonly<Record<string, number>>
}

const outputSchema = z.object({
  basis: z.string(),
  weights: z.object({ characters: z.number(), length: z.number(), words: z.number() }).optional(),
  boxThreshold: z.object({ learnt: z.number(), insteadOf: z.number() }).optional(),
  memory: z.unknown(),
})

export interface OcrState {
  readonly weights: TextWeights | undefined
  readonly boxThreshold: z.output<typeof outputSchema>['boxThreshold']
  readonly memory: TextMemory
}

export function basisOf({ detCkpt, recogCkpt, recogDict, clsCkpt }: OcrParams): string {
  return JSON.stringify([detCkpt, recogCkpt, recogDict, clsCkpt])
}

/** @returns nothing learnt for a train output of other models or another backend */
export function readState(trainOutput: unknown, params: OcrParams): OcrState {
  const parsed = outputSchema.safeParse(trainOutput)
  const written = parsed.data?.basis === basisOf(params) ? parsed.data : undefined
  return {
    weights: written?.weights,
    boxThreshold: written?.boxThreshold,
    memory: readTextMemory(written?.memory),
  }
}
