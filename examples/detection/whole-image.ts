import type { ControlHandle, Region } from '../../src/index.ts'
import type { Detection } from '../../src/vision/index.ts'
import type { LabeledPlace } from './finders.ts'

/**
 * The choice, or with `choice="multiple"` the choices, for an image: of the classes of at least the threshold.
 *
 * @param scores by class
 */
export function choose(
  found: ControlHandle<'Choices'>,
  { labels, threshold }: LabeledPlace,
  classes: readonly string[],
  scores: ArrayLike<number>,
): readonly Region[] {
  // Several classes may stand for one choice: it is as likely as the likeliest of them.
  const byLabel = new Map<string, number>()
  for (const [index, name] of classes.entries()) {
    const [label, score = 0] = [labels.get(name), scores[index]]
    if (label !== undefined && score >= threshold)
      byLabel.set(label, Math.max(score, byLabel.get(label) ?? 0))
  }
  const best = [...byLabel].toSorted((a, b) => b[1] - a[1])
  const chosen = found.control.attributes.choice === 'multiple' ? best : best.slice(0, 1)
  const [first] = chosen
  if (first === undefined) return []
  const answer = chosen.map(([label]) => label)
  return [found.answer(answer, { score: first[1] })]
}

/** How sure a detector is that a class is anywhere on the image. */
export function bestScores(detections: readonly Detection[], classes: readonly string[]): Float32Array {
  const scores = new Float32Array(classes.length)
  for (const { classIndex, score } of detections)
    scores[classIndex] = Math.max(score, scores[classIndex] ?? 0)
  return scores
}
