/** One item of a prediction's `result`: a region, or one control's answer about a region or a whole task. */
export interface Region {
  /** Items with the same id are one region on the page. Letters, digits, `_` and `-`. */
  readonly id: string
  /** Name of the control tag. */
  readonly from_name: string
  /** Name of the object tag. */
  readonly to_name: string
  /** The control tag in lower case, such as `rectanglelabels`. */
  readonly type: string
  readonly value: Readonly<Record<string, unknown>>
  /** From 0 to 1; shown in the region list. */
  readonly score?: number | undefined
  /** Pixels of the image as it is shown, EXIF orientation applied. */
  readonly original_width?: number | undefined
  readonly original_height?: number | undefined
  readonly image_rotation?: 0 | 90 | 180 | 270 | undefined
  /** 0-based page of an image list (`valueList`). */
  readonly item_index?: number | undefined
  readonly parentID?: string | undefined
  readonly origin?: 'manual' | 'prediction' | 'prediction-changed' | undefined
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  readonly readonly?: boolean | undefined
  readonly hidden?: boolean | undefined
  readonly [key: string]: unknown
}

/** A line between two regions. It has no id, no names and no value. */
export interface Relation {
  readonly type: 'relation'
  readonly from_id: string
  readonly to_id: string
  readonly direction: 'left' | 'right' | 'bi'
  readonly labels?: readonly string[] | undefined
}

export type ResultItem = Region | Relation

/** What a backend says about one task. */
export interface Prediction {
  readonly result: readonly ResultItem[]
  /** From 0 to 1, of the whole task; Label Studio sorts and samples by it. */
  readonly score?: number | undefined
}

/** A prediction on the wire: always with the version, because Label Studio skips tasks that have one of this version. */
export interface VersionedPrediction extends Prediction {
  readonly model_version: string
}
