import type { Region } from '../../protocol/result.ts'

/** The items of an annotation or a prediction, as they come: anything may be among them. */
export type Result = readonly object[]

/** What any region may have. */
export interface Plain {
  /** From 0 to 1. */
  readonly score?: number | undefined
  /** Letters, digits, `_` and `-`. @default a new one */
  readonly id?: string | undefined
  /** Id of the region that this one is a part of, below which the list of regions shows it. */
  readonly parent?: string | undefined
}

export interface Labeled extends Plain {
  /** The label or labels, by their value or, where they have one, their alias. */
  readonly label: string | readonly string[]
}

export interface AnswerOptions {
  /** From 0 to 1. */
  readonly score?: number | undefined
  /** @default a new one, or that of the region that it is about */
  readonly id?: string | undefined
  /** The region that a control with `perRegion` is asked about, as it was drawn or read from a result. */
  readonly about?: Region | undefined
  /** 0-based page, of a control with `perItem`. */
  readonly itemIndex?: number | undefined
}

interface ReadItem {
  readonly id: string
  readonly score?: number | undefined
  /** 0-based page, of an object with several. */
  readonly itemIndex?: number | undefined
}

/** A place, in the units that it is drawn with. */
export type ReadRegion<Shape> = Shape &
  ReadItem & {
    /** Of its own control, and of the `Labels` beside a shape without any. */
    readonly labels: readonly string[]
    readonly parent?: string | undefined
  }

export interface ReadAnswer<Answer> extends ReadItem {
  /** With `perRegion`, `id` is that of the region. */
  readonly answer: Answer
}
