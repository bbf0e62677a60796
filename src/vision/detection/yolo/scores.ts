import { readFloats, type Outputs } from '../tensors.ts'
import { LsmlError } from '../../../errors.ts'
import { extraLength, type YoloLayout } from './layout.ts'

/** The answer for one image: number `n` of box `i` is at `i · boxStep + n · numberStep`. */
export interface YoloAnswer {
  readonly data: Float32Array
  readonly count: number
  readonly boxStep: number
  readonly numberStep: number
  /** Which number of a box is the first one after its scores. */
  readonly extraStart: number
}

/** The best class of each box, by index. */
export interface YoloScores {
  readonly scores: Float32Array
  readonly classes: Int32Array
}

/** @throws LsmlError INVALID_MODEL when boxes have other numbers than the layout says */
export function readAnswer(outputs: Outputs, layout: YoloLayout, image: number): YoloAnswer {
  const { data, dims } = readFloats(outputs, layout.output)
  const [, second = 0, third = 0] = dims
  const isColumns = layout.form === 'columns'
  const [count, numbers] = isColumns ? [third, second] : [second, third]
  const extraStart = numbers - extraLength(layout.extra)
  const expected = layout.form === 'final' ? 6 : (isColumns ? 4 : 5) + (layout.classCount ?? 0)
  if (extraStart !== expected)
    throw new LsmlError(
      'INVALID_MODEL',
      `The model's output \`${layout.output}\` has \`${numbers}\` numbers a box, and its classes and task make ${expected + extraLength(layout.extra)}. Check its list of classes.`,
    )
  return {
    data: data.subarray(image * count * numbers, (image + 1) * count * numbers),
    count,
    boxStep: isColumns ? 1 : numbers,
    numberStep: isColumns ? count : 1,
    extraStart,
  }
}

/** The number after the box is the score, the next one the class. */
export function givenScores({ data, count, boxStep }: YoloAnswer): YoloScores {
  return {
    scores: Float32Array.from({ length: count }, (_, index) => data[index * boxStep + 4] as number),
    classes: Int32Array.from({ length: count }, (_, index) =>
      Math.round(data[index * boxStep + 5] as number),
    ),
  }
}

/** @param hasObject whether the first score says that there is an object at all, by which those of its classes count */
export function bestScores(
  { data, count, boxStep, numberStep, extraStart }: YoloAnswer,
  hasObject: boolean,
): YoloScores {
  const first = hasObject ? 5 : 4
  const scores = new Float32Array(count).fill(Number.NEGATIVE_INFINITY)
  const classes = new Int32Array(count)
  // Class by class: in columns, those of one class lie together.
  for (let number = first; number < extraStart; number++) {
    const start = number * numberStep
    for (let index = 0; index < count; index++) {
      const score = data[start + index * boxStep] as number
      if (!(score > (scores[index] as number))) continue
      scores[index] = score
      classes[index] = number - first
    }
  }
  if (hasObject)
    for (let index = 0; index < count; index++)
      scores[index] = (scores[index] as number) * (data[index * boxStep + 4 * numberStep] as number)
  return { scores, classes }
}
