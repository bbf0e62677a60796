import { z } from 'zod'
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

export interface ReviewChange {
  /** Each replaces the one with its id. */
  readonly add?: readonly Review[]
  /** Ids of annotations that are gone. */
  readonly remove?: readonly string[]
  /** Most reviews that are kept; the oldest are forgotten. @default 500 */
  readonly most?: number
  /** Most characters of JSON that are kept. @default 4 000 000 */
  readonly mostCharacters?: number
}

/** Finds of an image that are kept, the best ones. */
const MOST_FOUND = 100

/** @returns an empty memory for anything that is none, such as the train output of another backend or layout */
export function readMemory(json: unknown): ReviewMemory {
  const parsed = memorySchema.safeParse(json)
  return parsed.success ? parsed.data : { format: 1, reviews: [] }
}

/** @returns the same memory, as an object, when nothing changes */
export function updateMemory(
  memory: ReviewMemory,
  { add = [], remove = [], most = 500, mostCharacters = 4_000_000 }: ReviewChange,
): ReviewMemory {
  const added = new Map(add.map((review) => [review.id, writeReview(review)]))
  const known = new Map(memory.reviews.map((review) => [review.id, review]))
  const gone = new Set(remove)
  const changes = [...added.values()].filter(
    (review) => JSON.stringify(review) !== JSON.stringify(known.get(review.id)),
  )
  if (changes.length === 0 && !remove.some((id) => known.has(id))) return memory
  const kept = memory.reviews.filter(({ id }) => !gone.has(id) && !changes.some((review) => review.id === id))
  const reviews = [...kept, ...changes.filter(({ id }) => !gone.has(id))].slice(-most)
  return { format: 1, reviews: fit(reviews, mostCharacters) }
}

export function remembered({ reviews }: ReviewMemory): readonly Review[] {
  return reviews.map(({ id, images }) => ({ id, images: images.map(readImage) }))
}

/** The newest that have room. */
function fit(reviews: ReviewMemory['reviews'], mostCharacters: number): ReviewMemory['reviews'] {
  let room = mostCharacters
  let first = reviews.length
  while (first > 0) {
    room -= JSON.stringify(reviews[first - 1]).length
    if (room < 0) break
    first--
  }
  return reviews.slice(first)
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
