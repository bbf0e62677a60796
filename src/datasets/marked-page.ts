import type { MarkedRegion } from '../regions/marked-regions.ts'

/** A picture of a task with what was marked on it. */
export interface MarkedPage {
  /** Unique in a project, and the same in every export. */
  readonly id: number
  readonly task: number
  /** Name of the picture's file, without a folder. */
  readonly file: string
  /** In pixels, as it is shown. */
  readonly width: number
  readonly height: number
  readonly regions: readonly MarkedRegion[]
}
