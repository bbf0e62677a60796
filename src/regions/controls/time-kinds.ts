import type { Root } from '../build.ts'
import type { Complete } from '../complete.ts'
import { type Kind, shapeKind } from './kind.ts'

export interface Sound {
  /** Seconds of the whole recording. */
  readonly duration: number
}

/** A part of a recording, in seconds. */
export interface AudioSegment {
  readonly start: number
  readonly end: number
  /** 0-based. @default 0 */
  readonly channel?: number | undefined
}

/** A part of a time series, in the units of its time column: numbers, or texts in its `timeFormat`. */
export interface TimeSegment {
  readonly start: number | string
  /** @default the start: an instant */
  readonly end?: number | string | undefined
}

export const audioSegments: Kind = shapeKind<Sound, AudioSegment, Complete<AudioSegment>>({
  objects: ['Audio', 'AudioPlus'],
  draw: 'segment',
  toValue: ({ start, end, channel = 0 }) => ({ start, end, channel }),
  toShape: ({ start, end, channel = 0 }) =>
    typeof start === 'number' && typeof end === 'number'
      ? { start, end, channel: Number(channel) }
      : undefined,
  rootOf: ({ duration }): Root => ({ original_length: duration }),
  placeOf: () => ({ duration: 0 }),
})

export const timeSegments: Kind = shapeKind<undefined, TimeSegment, Complete<TimeSegment>>({
  objects: ['TimeSeries'],
  draw: 'segment',
  toValue: ({ start, end = start }) => ({ start, end, instant: start === end }),
  toShape: ({ start, end }) => (isTime(start) && isTime(end) ? { start, end } : undefined),
  rootOf: () => ({}),
  placeOf: () => undefined,
})

function isTime(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string'
}
