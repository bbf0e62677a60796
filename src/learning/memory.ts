import { z } from 'zod'
import { changeRecords, type RecordChange } from './change-records.ts'
import { featuresFromText, featuresToText } from './features-text.ts'
import type { FoundBox, LabeledBox, Review, ReviewedImage } from './reviewed.ts'

/** Left, top, right, bottom. */
const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])
const memorySchema = z.object({
  /** Of this layout. */
  format: z.literal(1),
  reviews: z.array(
    z.object({
      id: z.string(),
      images: z.array(
        z.object({
          truth: z.array(
            z.object({ label: z.string(), box: boxSchema, features: z.string().exactOptional() }),
          ),
          found: z.array(
            z.object({
              class: z.string(),
              score: z.number(),
              box: boxSchema,
              features: z.string().exactOptional(),
            }),
          ),
        }),
      ),
    }),
  ),
})

/** Reviews as JSON, for the train output: what is learnt next is learnt from all of them. */
export type ReviewMemory = z.output<typeof memorySchema>

type WrittenImage = ReviewMemory['reviews'][number]['images'][number]

/** Of reviews: those with the same ids are replaced. */
export type ReviewChange = RecordChange<Review>

/** Finds of an image that are kept, the best ones. */
const MOST_FOUND = 100

/** @returns an empty memory for anything that is none, such as the train output of another backend or layout */
export function readMemory(json: unknown): ReviewMemory {
  const parsed = memorySchema.safeParse(json)
  return parsed.success ? parsed.data : { format: 1, reviews: [] }
}

/** @returns the same memory, as an object, when nothing changes */
export function updateMemory(memory: ReviewMemory, { add = [], ...change }: ReviewChange): ReviewMemory {
  const reviews = changeRecords(memory.reviews, { ...change, add: add.map(writeReview) })
  return reviews === memory.reviews ? memory : { format: 1, reviews: [...reviews] }
}

export function remembered({ reviews }: ReviewMemory): readonly Review[] {
  return reviews.map(({ id, images }) => ({ id, images: images.map(readImage) }))
}

function writeReview({ id, images }: Review): ReviewMemory['reviews'][number] {
  return { id, images: images.map(writeImage) }
}

function writeImage({ truth, found }: ReviewedImage): WrittenImage {
  const best = found.toSorted((a, b) => b.score - a.score).slice(0, MOST_FOUND)
  return { truth: truth.map(writeObject), found: best.map(writeFind) }
}

function writeObject({ label, ...object }: LabeledBox): WrittenImage['truth'][number] {
  return { label, ...writePlace(object) }
}

function writeFind({ className, score, ...find }: FoundBox): WrittenImage['found'][number] {
  return { class: className, score: Number(score.toFixed(4)), ...writePlace(find) }
}

function readImage({ truth, found }: WrittenImage): ReviewedImage {
  return {
    truth: truth.map((object): LabeledBox => ({ label: object.label, ...readPlace(object) })),
    found: found.map((find): FoundBox => ({ className: find.class, score: find.score, ...readPlace(find) })),
  }
}

type Place = Pick<LabeledBox, 'box' | 'features'>
type WrittenPlace = Pick<WrittenImage['truth'][number], 'box' | 'features'>

function writePlace({ box, features }: Place): WrittenPlace {
  return {
    box: [tenth(box.left), tenth(box.top), tenth(box.right), tenth(box.bottom)],
    ...(features !== undefined && { features: featuresToText(features) }),
  }
}

function readPlace({ box: [left, top, right, bottom], features }: WrittenPlace): Place {
  return {
    box: { left, top, right, bottom },
    ...(features !== undefined && { features: featuresFromText(features) }),
  }
}

/** A tenth of a pixel is as exact as boxes are drawn. */
function tenth(side: number): number {
  return Number(side.toFixed(1))
}
