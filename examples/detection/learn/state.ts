import { z } from 'zod'
import type { FoundControl } from '../../../src/index.ts'
import {
  type LearntDetections,
  readLearnt,
  readMemory,
  type ReviewMemory,
} from '../../../src/learning/index.ts'
import type { DetectionParams } from '../params.ts'

/** What one control tag has learnt, and from what. */
export interface PlaceState {
  /** The model that it was learnt from, and how looks are told: with others it is worth nothing. */
  readonly basis: string
  /** The threshold that what was learnt is better than. */
  readonly threshold: number
  readonly learnt: Pick<LearntDetections, 'thresholds' | 'relabelings'>
  readonly memory: ReviewMemory
}

/** What `fit` returns: plain JSON. */
export interface TrainOutput {
  /** By control tag and image tag. */
  readonly places: Readonly<Record<string, PlaceState>>
}

export interface StateKey {
  readonly found: FoundControl
  readonly basis: string
  readonly threshold: number
}

const outputSchema = z.object({
  places: z.record(
    z.string(),
    z.object({ basis: z.string(), threshold: z.number(), learnt: z.unknown(), memory: z.unknown() }),
  ),
})

export function placeName({ control, object }: FoundControl): string {
  return `${control.name}/${object.name}`
}

export function basisOf(model: unknown, { relabel, embeddingModel }: DetectionParams): string {
  return JSON.stringify([model, relabel ? (embeddingModel ?? 'crops') : 'no looks'])
}

/** @returns nothing learnt for a train output of another basis; without what is not of use under this threshold or config */
export function readState(trainOutput: unknown, key: StateKey): PlaceState {
  const { found, basis, threshold } = key
  const parsed = outputSchema.safeParse(trainOutput)
  const written = parsed.success ? parsed.data.places[placeName(found)] : undefined
  const isOfUse = written?.basis === basis
  const learnt = isOfUse && written.threshold === threshold ? readLearnt(written.learnt) : undefined
  const { labels, dynamicLabels } = found.control
  const isKnown = (label: string) => dynamicLabels || labels.includes(label)
  const relabelings = Object.entries(learnt?.relabelings ?? {}).filter(([, relabeling]) =>
    ('label' in relabeling ? [relabeling.label] : relabeling.classifier.labels).every(isKnown),
  )
  return {
    basis,
    threshold,
    learnt: { thresholds: learnt?.thresholds ?? {}, relabelings: Object.fromEntries(relabelings) },
    memory: readMemory(isOfUse ? written.memory : undefined),
  }
}
