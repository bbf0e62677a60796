/** A region that was taken out of an answer because it does not fit the labeling config. */
export interface DroppedRegion {
  /** Short and stable, for metrics: `label`, `range`, `from_name` … */
  readonly rule: string
  /** The region's id, where it has one, and the place of the item in the result. */
  readonly region: string
  readonly message: string
}
