import type { TensorFormat } from '../../image/tensor.ts'
import type { InputFrame } from '../input-frame.ts'
import type { DbnetOptions } from './options.ts'

/** How a model of the DBNet family wants its pages, and how its map is read. */
export interface DbnetRecipe {
  readonly format: TensorFormat
  readonly frame: (page: { readonly width: number; readonly height: number }) => InputFrame
  readonly postprocess: DbnetOptions
  /** The map is what comes before the sigmoid. */
  readonly logits?: boolean | undefined
}

/** What a caller may decide; undefined leaves it to the model. */
export interface DbnetRecipeOptions extends DbnetOptions {
  /** Pixels that the shorter side of a page is brought to. More finds smaller text and takes longer. */
  readonly shortSide?: number | undefined
  /** Most pixels of the longer side. */
  readonly longSide?: number | undefined
}
