/**
 * What each class of the output stands for, by index. Undefined for the blank and for other classes that write nothing,
 * such as MMOCR's start and end marks.
 */
export type Alphabet = readonly (string | undefined)[]

/** The classes of one line at each step from left to right: a `[steps, classes]` block of a larger buffer. */
export interface CtcSteps {
  readonly data: Float32Array
  /** Index of the block's first float. */
  readonly offset: number
  /** How many steps to read. */
  readonly steps: number
  readonly classes: number
}

export interface CtcText {
  readonly text: string
  /** Mean probability of the characters kept, from 0 to 1; 0 for an empty text. */
  readonly score: number
}

/**
 * Greedy CTC decoding (Graves et al. 2006, section 3.2): the likeliest class of each step, repeats dropped, then those
 * that write nothing.
 *
 * @param probabilities false for logits: the softmax of the steps that are kept is then taken
 */
export function decodeCtc(output: CtcSteps, alphabet: Alphabet, probabilities: boolean): CtcText {
  const { data, classes } = output
  let text = ''
  let sum = 0
  let kept = 0
  let previous = -1
  for (let step = 0, at = output.offset; step < output.steps; step++, at += classes) {
    const best = indexOfMaximum(data, at, classes)
    if (best === previous) continue
    previous = best
    const character = alphabet[best]
    if (character === undefined) continue
    text += character
    sum += probabilities ? (data[at + best] as number) : softmaxOfMaximum(data, at, classes, best)
    kept++
  }
  return { text, score: kept === 0 ? 0 : Math.min(1, sum / kept) }
}

/** Whether a step holds probabilities rather than logits: none below 0, and 1 in sum. */
export function isProbabilities(data: Float32Array, offset: number, classes: number): boolean {
  let sum = 0
  for (let at = offset; at < offset + classes; at++) {
    const value = data[at] as number
    if (!(value >= 0)) return false
    sum += value
  }
  // Half precision inside a model leaves sums of some thousand classes this far from 1.
  return Math.abs(sum - 1) < 0.05
}

function indexOfMaximum(data: Float32Array, start: number, classes: number): number {
  let best = 0
  let maximum = data[start] as number
  for (let i = 1; i < classes; i++) {
    const value = data[start + i] as number
    if (value > maximum) {
      maximum = value
      best = i
    }
  }
  return best
}

function softmaxOfMaximum(data: Float32Array, start: number, classes: number, best: number): number {
  const maximum = data[start + best] as number
  let sum = 0
  for (let at = start; at < start + classes; at++) sum += Math.exp((data[at] as number) - maximum)
  return 1 / sum
}
