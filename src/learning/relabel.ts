import { splitFolds } from './folds.ts'
import { classify, type Example, fitLinearClassifier, type LinearClassifier } from './linear-classifier.ts'
import { matchBoxes } from './match-boxes.ts'
import type { FoundBox, Review } from './reviewed.ts'
import { type LabelOf, meanF1 } from './shown-labels.ts'

/** What the finds of a class are called: always the same, or as they look. */
export type Relabeling = { readonly label: string } | { readonly classifier: LinearClassifier }

export interface RelabelOptions {
  readonly labels: readonly string[]
  /** The label of a class as the project's labels say it. */
  readonly labelOf: LabelOf
  readonly threshold: number
}

export interface LearntLabels {
  /** By the detector's class; classes whose finds are called what they were called before are left out. */
  readonly relabelings: ReadonlyMap<string, Relabeling>
  /** What finds are called by what was learnt from the other reviews: an honest measure of the relabelings. */
  readonly heldOutLabelOf: LabelOf
}

/** Objects of a label, and of a class, from which on they say something. */
const LEAST_EXAMPLES = 5

/**
 * Learns what a project calls the finds of each class, from the labels of the objects that they are: so "car" becomes
 * "taxi" or "police". Of the ways to name the finds of a class (as before, all alike, by looks) the one with the best F1
 * on held-out reviews is taken, and of equally good ones the first.
 */
export function learnLabels(reviews: readonly Review[], options: RelabelOptions): LearntLabels {
  const { labels, threshold } = options
  const relabelings = new Map<string, Relabeling>()
  const matched = reviews.map(matchedExamples)
  const drawn = reviews.map(drawnExamples)
  let labelOf = options.labelOf
  const measure = (candidate: LabelOf) =>
    meanF1(reviews, { labels, labelOf: candidate, thresholdOf: () => threshold })
  let best = measure(labelOf)
  for (const className of classesOf(matched)) {
    const current = labelOf
    for (const kind of ['alike', 'by looks'] as const) {
      const learn = (indices: readonly number[]) => {
        const own = indices.flatMap((index) => matched[index]?.get(className) ?? [])
        if (kind === 'alike') return alike(own)
        const others = indices.flatMap((index) => [
          ...(drawn[index] ?? []),
          ...[...(matched[index] ?? [])].flatMap(([name, found]) => (name === className ? [] : found)),
        ])
        return byLooks(own, others)
      }
      const all = learn([...reviews.keys()])
      if (all === undefined) continue
      const heldOut = heldOutNames(reviews, className, learn)
      const candidate: LabelOf = (found) =>
        found.className === className ? (heldOut.get(found) ?? current(found)) : current(found)
      const f1 = measure(candidate)
      if (f1 <= best) continue
      best = f1
      labelOf = candidate
      relabelings.set(className, all)
    }
  }
  return { relabelings, heldOutLabelOf: labelOf }
}

/** What a find is called; undefined where looks decide, and nothing is known of them. */
export function relabel(relabeling: Relabeling, found: Pick<FoundBox, 'features'>): string | undefined {
  if ('label' in relabeling) return relabeling.label
  return found.features === undefined ? undefined : classify(relabeling.classifier, found.features)
}

/** For each find of a class, what it is called by what was learnt without its review. */
function heldOutNames(
  reviews: readonly Review[],
  className: string,
  learn: (indices: readonly number[]) => Relabeling | undefined,
): ReadonlyMap<FoundBox, string> {
  const names = new Map<FoundBox, string>()
  for (const { learnFrom, heldOut } of splitFolds(reviews.length)) {
    const relabeling = learn(learnFrom)
    if (relabeling === undefined) continue
    for (const found of heldOut
      .flatMap((index) => reviews[index]?.images ?? [])
      .flatMap((image) => image.found)) {
      if (found.className !== className) continue
      const name = relabel(relabeling, found)
      if (name !== undefined) names.set(found, name)
    }
  }
  return names
}

/** The most frequent label. */
function alike(own: readonly LabelExample[]): Relabeling | undefined {
  const [first] = [...countLabels(own)].toSorted(([, a], [, b]) => b - a)
  return first === undefined || first[1] < LEAST_EXAMPLES ? undefined : { label: first[0] }
}

/** Between the labels that finds of the class have had; objects of these labels found otherwise, or drawn, help to tell. */
function byLooks(own: readonly LabelExample[], others: readonly LabelExample[]): Relabeling | undefined {
  const labels = new Set(
    [...countLabels(own)].filter(([, count]) => count >= LEAST_EXAMPLES).map(([label]) => label),
  )
  if (labels.size < 2) return undefined
  const examples = [...own, ...others].filter(isExample).filter(({ label }) => labels.has(label))
  if (new Set(examples.map(({ label }) => label)).size < 2) return undefined
  return { classifier: fitLinearClassifier(examples) }
}

interface LabelExample {
  readonly label: string
  readonly features: Float32Array | undefined
}

/** Labels of the objects that finds are, by the class of the find. */
function matchedExamples({ images }: Review): ReadonlyMap<string, readonly LabelExample[]> {
  const examples = new Map<string, LabelExample[]>()
  for (const { truth, found } of images)
    for (const [index, match] of matchBoxes(found, truth).entries()) {
      const [find, object] = [found[index], match === undefined ? undefined : truth[match]]
      if (find === undefined || object === undefined) continue
      const known = examples.get(find.className) ?? []
      examples.set(find.className, [...known, { label: object.label, features: find.features }])
    }
  return examples
}

/** Objects that were not found. */
function drawnExamples({ images }: Review): readonly LabelExample[] {
  return images.flatMap(({ truth, found }) => {
    const matches = new Set(matchBoxes(found, truth))
    return truth.filter((_, index) => !matches.has(index)).map(({ label, features }) => ({ label, features }))
  })
}

/** Classes with enough examples, the most frequent first. */
function classesOf(matched: readonly ReadonlyMap<string, readonly LabelExample[]>[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const examples of matched)
    for (const [className, { length }] of examples)
      counts.set(className, (counts.get(className) ?? 0) + length)
  return [...counts]
    .filter(([, count]) => count >= LEAST_EXAMPLES)
    .toSorted(([, a], [, b]) => b - a)
    .map(([className]) => className)
}

function countLabels(examples: readonly LabelExample[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { label } of examples) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}

function isExample(example: LabelExample): example is Example & LabelExample {
  return example.features !== undefined
}
