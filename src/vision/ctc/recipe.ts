import type { TensorFormat } from '../../image/tensor.ts'
import type { Alphabet } from './decode.ts'

/** How a CTC model wants its lines, and how its answer is read. */
export interface CtcRecipe {
  readonly format: TensorFormat
  /** Rows of the tensor. */
  readonly height: number
  /** Columns that a line takes, from its size on the page. */
  readonly lineWidth: (line: { readonly width: number; readonly height: number }) => number
  /** Columns of a tensor whose widest line has so many. */
  readonly tensorWidth: (widest: number) => number
  /** What stands right of a line that is narrower than its tensor, after normalisation. */
  readonly padding: number
  /** Only lines of one width share a tensor: the model would read what stands right of the others. */
  readonly equalWidths: boolean
  /** Steps that lie right of the line are not read. */
  readonly cutPadding: boolean
  /** Room added around a line, in parts of its shorter side, as MMOCR does between detector and recognizer. */
  readonly margin: { readonly alongLong: number; readonly alongShort: number } | undefined
  /** @throws LsmlError INVALID_MODEL when the dictionary does not fit */
  readonly alphabet: (classes: number) => Alphabet
  /** Whether the outputs are probabilities; undefined: seen from each output. */
  readonly probabilities: boolean | undefined
}

export interface CtcRecipeOptions {
  /** Path of a dictionary: one character a line. @default what the model itself or a file beside it says */
  readonly dictionary?: string | undefined
}

/**
 * The longest line, in pixels at the model's height: about 250 characters. What is longer is squeezed; nothing that
 * people print in one line is, and a stray outline across a page cannot take gigabytes.
 */
export const MAX_LINE_WIDTH = 4096

export function clampWidth(width: number, maximum: number = MAX_LINE_WIDTH, minimum = 1): number {
  return Math.max(minimum, Math.min(maximum, width))
}
