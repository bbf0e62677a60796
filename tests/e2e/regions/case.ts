import type { LabelingConfig, ResultItem } from '../../../src/index.ts'

/** A project of one task, and what a backend could say of it. */
export interface Case {
  readonly name: string
  readonly config: string
  readonly data: Readonly<Record<string, unknown>>
  regions(labeling: LabelingConfig): readonly ResultItem[]
  /** What the editor marks in a text. */
  readonly highlights?: readonly string[]
  /** Why Label Studio's own validation of predictions refuses what its editor takes. */
  readonly refused?: string
}
