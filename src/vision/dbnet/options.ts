/** `det_db_box_thresh` of PaddleOCR. */
export const BOX_THRESHOLD = 0.6

export type ScoreMode = 'box' | 'outline' | 'polygon'

/** How boxes are made of a probability map. Lengths are pixels of the map. */
export interface DbnetOptions {
  /**
   * Probability above which a pixel belongs to text.
   * @default 0.3, `det_db_thresh` of PaddleOCR (tools/infer/utility.py) and `mask_thr` of MMOCR
   */
  readonly threshold?: number | undefined
  /**
   * Mean probability inside a box below which it is dropped, from 0 to 1. Lower finds faint text and more noise.
   * @default 0.6
   */
  readonly boxThreshold?: number | undefined
  /**
   * DBNet finds lines shrunk: they are grown by this, times area over perimeter (Liao et al. 2020, section 3.5).
   * @default 1.5, `det_db_unclip_ratio` of PaddleOCR
   */
  readonly unclipRatio?: number | undefined
  /**
   * Shorter side of a grown box below which it is dropped; before growing, 2 less (not with `polygon`).
   * @default 5, `min_size` 3 of PaddleOCR's DBPostProcess, `min_text_width` 5 of MMOCR
   */
  readonly minSize?: number | undefined
  /**
   * Most shapes that are looked at, those with the longest outlines first.
   * @default 3000, `max_candidates` of MMOCR; PaddleOCR has 1000
   */
  readonly maxCandidates?: number | undefined
  /**
   * What is scored and grown. `box`: the rectangle around the shape (PaddleOCR's `fast`). `outline`: the shape itself is
   * scored and the rectangle grown (PaddleOCR's `slow`). `polygon`: the simplified outline is scored and grown, and
   * dropped when it falls apart (MMOCR).
   * @default 'box'
   */
  readonly scoreMode?: ScoreMode | undefined
  /** Grow shapes by a pixel first, `use_dilation` of PaddleOCR; it joins letters. @default false */
  readonly dilate?: boolean | undefined
}

/** The caller's options where given, else the model's. */
export function mergeOptions(model: DbnetOptions, options: DbnetOptions): DbnetOptions {
  return {
    threshold: options.threshold ?? model.threshold,
    boxThreshold: options.boxThreshold ?? model.boxThreshold,
    unclipRatio: options.unclipRatio ?? model.unclipRatio,
    minSize: options.minSize ?? model.minSize,
    maxCandidates: options.maxCandidates ?? model.maxCandidates,
    scoreMode: options.scoreMode ?? model.scoreMode,
    dilate: options.dilate ?? model.dilate,
  }
}
