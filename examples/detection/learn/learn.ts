import {
  type FitContext,
  type Image,
  newSubmissions,
  type Submission,
  type Submissions,
  taskValues,
} from '../../../src/index.ts'
import {
  type FoundBox,
  type LabeledBox,
  learnDetections,
  remembered,
  type Review,
  type ReviewedImage,
  updateMemory,
} from '../../../src/learning/index.ts'
import { type Finder, type LabeledPlace, openFinders } from '../finders.ts'
import type { DetectionParams } from '../params.ts'
import { labeledBoxes } from './labeled-boxes.ts'
import type { Look } from './looks.ts'
import { placeName, type PlaceState, readState, type TrainOutput } from './state.ts'

/** Finds of a lower score are not looked at: nobody would want to see them. */
export const LOWEST_SCORE = 0.05

/**
 * Learns from what people submitted: it is compared with all that the models find on the same images, and joins what
 * came before. What is learnt goes before the thresholds and labels of the project wherever it is better.
 *
 * @returns undefined when nothing new came
 */
export async function learnFrom(context: FitContext<DetectionParams>): Promise<TrainOutput | undefined> {
  const { trainOutput } = context.previous
  const finders = await openFinders(context, { lowestScore: LOWEST_SCORE })
  const submissions = await newSubmissions(context, knownTo(finders, trainOutput))
  const states: [string, PlaceState][] = []
  for (const finder of finders) {
    const places = finder.places.filter(({ learns }) => learns)
    const reviews = places.length === 0 ? [] : await review(finder, places, submissions, context)
    for (const [index, place] of places.entries()) {
      const state = readState(trainOutput, place)
      states.push([placeName(place.found), learn(place, state, reviews[index] ?? [], submissions, context)])
    }
  }
  const output = { places: Object.fromEntries(states) }
  const isNew = states.some(([, { memory }]) => memory.reviews.length > 0) || trainOutput !== undefined
  return isNew && JSON.stringify(output) !== JSON.stringify(trainOutput) ? output : undefined
}

/** Ids of the annotations that all control tags have learnt from. */
function knownTo(finders: readonly Finder[], trainOutput: unknown): readonly string[] {
  const memories = finders
    .flatMap(({ places }) => places)
    .filter(({ learns }) => learns)
    .map((place) => new Set(readState(trainOutput, place).memory.reviews.map(({ id }) => id)))
  const [first, ...others] = memories
  return [...(first ?? [])].filter((id) => others.every((ids) => ids.has(id)))
}

function learn(
  { found, labels, threshold }: LabeledPlace,
  state: PlaceState,
  add: readonly Review[],
  { gone }: Submissions,
  { params, log }: FitContext<DetectionParams>,
): PlaceState {
  const { control } = found
  const memory = updateMemory(state.memory, { add, remove: gone })
  const reviews = remembered(memory)
  const drawn = reviews.flatMap(({ images }) =>
    images.flatMap(({ truth }) => truth.map(({ label }) => label)),
  )
  const { meanF1, ...learnt } = learnDetections(reviews, {
    labels: control.dynamicLabels ? [...new Set([...labels.values(), ...drawn])] : control.labels,
    labelOfClass: (name) => labels.get(name),
    scoreThreshold: threshold,
    lowestScore: LOWEST_SCORE,
    relabel: params.relabel,
  })
  log.info(
    `\`${control.name}\` learnt from ${reviews.length} annotations: F1 ${meanF1.before.toFixed(3)} before, ${meanF1.after.toFixed(3)} after`,
    { thresholds: learnt.thresholds, relabelled: Object.keys(learnt.relabelings) },
  )
  return { ...state, learnt, memory }
}

/** The submissions beside what a model finds on their images, for each place. An image that cannot be read is left out. */
async function review(
  finder: Finder,
  places: readonly LabeledPlace[],
  { submitted }: Submissions,
  { media, signal, log }: FitContext<DetectionParams>,
): Promise<readonly (readonly Review[])[]> {
  const reviews: Review[][] = places.map(() => [])
  for (const submission of submitted) {
    signal.throwIfAborted()
    const { task } = submission
    try {
      const images: ReviewedImage[][] = places.map(() => [])
      for (const { value, index } of taskValues(task, finder.object)) {
        const image = await media.image(value, { task, signal })
        const found = await findAll(finder, image)
        for (const [at, place] of places.entries())
          images[at]?.push({ truth: await truthOf(submission, place, image, index, finder.look), found })
      }
      for (const [at] of places.entries()) reviews[at]?.push({ id: submission.id, images: images[at] ?? [] })
    } catch (error) {
      if (signal.aborted) throw error
      log.warn(`Nothing is learnt from annotation ${submission.id}: ${String(error)}`)
    }
  }
  return reviews
}

async function findAll({ model, look }: Finder, image: Image): Promise<readonly FoundBox[]> {
  if ('classify' in model) return []
  const [detections = []] = await model.detect([image])
  const found: FoundBox[] = []
  for (const { box, score, classIndex } of detections) {
    const features = await look?.(image, box)
    found.push({ box, score, className: model.classes[classIndex] ?? '', features })
  }
  return found
}

async function truthOf(
  submission: Submission,
  { found }: LabeledPlace,
  image: Image,
  itemIndex: number | undefined,
  look: Look | undefined,
): Promise<readonly LabeledBox[]> {
  const truth: LabeledBox[] = []
  for (const { box, label } of labeledBoxes(submission, found, {
    width: image.width,
    height: image.height,
    itemIndex,
  }))
    truth.push({ box, label, features: await look?.(image, box) })
  return truth
}
