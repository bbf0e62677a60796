import { z } from 'zod'
import type { LabelEvidence } from '../calibrate-threshold.ts'
import { changeRecords, type RecordChange } from '../change-records.ts'
import { candidatesSchema, readCandidates, writeCandidates } from './candidates-text.ts'
import type { CorrectedLine } from './corrected-line.ts'

/** The lines of an annotation, as a person left them. */
export interface ReviewedTexts {
  /** Of the annotation: a later one with the same id replaces it. */
  readonly id: string
  readonly lines: readonly CorrectedLine[]
  /** What it says of the detector's boxes; undefined where nobody went through them. */
  readonly boxes?: LabelEvidence | undefined
}

const scores = z.array(z.number())
const memorySchema = z.object({
  /** Of this layout. */
  format: z.literal(1),
  reviews: z.array(
    z.object({
      id: z.string(),
      lines: z.array(z.tuple([z.string(), candidatesSchema])),
      boxes: z.object({ right: scores, wrong: scores, missed: z.number() }).exactOptional(),
    }),
  ),
})

/** Reviews of texts as JSON, for the train output: what is learnt next is learnt from all of them. */
export type TextMemory = z.output<typeof memorySchema>
type WrittenTexts = TextMemory['reviews'][number]

/** @returns an empty memory for anything that is none, such as the train output of another backend or layout */
export function readTextMemory(json: unknown): TextMemory {
  const parsed = memorySchema.safeParse(json)
  return parsed.success ? parsed.data : { format: 1, reviews: [] }
}

/** @returns the same memory, as an object, when nothing changes */
export function updateTextMemory(
  memory: TextMemory,
  { add = [], ...change }: RecordChange<ReviewedTexts>,
): TextMemory {
  const reviews = changeRecords(memory.reviews, { ...change, add: add.map(writeTexts) })
  return reviews === memory.reviews ? memory : { format: 1, reviews: [...reviews] }
}

export function rememberedTexts({ reviews }: TextMemory): readonly ReviewedTexts[] {
  return reviews.map(({ id, lines, boxes }) => ({
    id,
    lines: lines.map(([text, written]) => ({ text, candidates: readCandidates(written) })),
    boxes: boxes && {
      finds: [
        ...boxes.right.map((score) => ({ score, right: true })),
        ...boxes.wrong.map((score) => ({ score, right: false })),
      ],
      missed: boxes.missed,
    },
  }))
}

function writeTexts({ id, lines, boxes }: ReviewedTexts): WrittenTexts {
  return {
    id,
    lines: lines.map(({ text, candidates }) => [text, writeCandidates(candidates)]),
    ...(boxes !== undefined && {
      boxes: { right: scoresOf(boxes, true), wrong: scoresOf(boxes, false), missed: boxes.missed },
    }),
  }
}

function scoresOf({ finds }: LabelEvidence, right: boolean): number[] {
  return finds.filter((find) => find.right === right).map(({ score }) => Number(score.toFixed(3)))
}
