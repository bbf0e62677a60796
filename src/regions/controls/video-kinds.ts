import { LsmlError } from '../../errors.ts'
import type { Box } from '../../geometry/box.ts'
import type { Page } from '../percent.ts'
import { readBox } from '../read-shapes.ts'
import type { RotatedBox } from '../rotated-box.ts'
import { rectangleValue } from '../shape-values.ts'
import { type Kind, shapeKind, type Value } from './kind.ts'
import { toRotated } from './to-rotated.ts'

export interface Video extends Page {
  /** How many there are. */
  readonly frames: number
  /** A second. */
  readonly frameRate: number
}

/** What is followed through a video: between keyframes the editor moves it in a straight line. */
export interface Track {
  readonly keyframes: readonly Keyframe[]
}

export interface Keyframe {
  /** From 1. */
  readonly frame: number
  /** In pixels of the video. */
  readonly box: RotatedBox | Box
  /** Whether it is seen from here to the next keyframe. @default true */
  readonly enabled?: boolean | undefined
}

/** Frames from 1, both included. */
export interface FrameRange {
  readonly start: number
  readonly end: number
}

/** Percents become pixels only where the size of the video is known, which results do not have. */
export const tracks: Kind = shapeKind<Video, Track, Track>({
  objects: ['Video'],
  draw: 'track',
  toValue({ keyframes }, video, { control }) {
    if (keyframes.length === 0)
      throw invalid(`A track of \`${control.name}\` has no keyframes. It needs one at least.`)
    return {
      framesCount: video.frames,
      duration: video.frames / video.frameRate,
      sequence: keyframes.map(({ frame, box, enabled = true }) => {
        if (!Number.isInteger(frame) || frame < 1 || frame > video.frames)
          throw invalid(
            `A keyframe of \`${control.name}\` is frame \`${frame}\`, and the video has frames 1 to ${video.frames}.`,
          )
        return { frame, time: frame / video.frameRate, enabled, ...rectangleValue(toRotated(box), video) }
      }),
    }
  },
  toShape({ sequence }, video) {
    if (!Array.isArray(sequence)) return undefined
    const keyframes = sequence.flatMap((keyframe: Value) => {
      const box = readBox(keyframe, video)
      return box === undefined
        ? []
        : [{ frame: Number(keyframe.frame), enabled: keyframe.enabled !== false, box }]
    })
    return { keyframes }
  },
  rootOf: () => ({}),
  placeOf({ id }) {
    throw new LsmlError(
      'INVALID_REQUEST',
      `The track \`${id}\` does not say the size of its video. Read it with \`on(video).read(result)\`.`,
    )
  },
  labeledBy: ({ object }, labeling) =>
    labeling.findControls({ control: 'Labels' }).find((labels) => labels.object.name === object.name),
})

export const frameRanges: Kind = shapeKind<undefined, FrameRange, FrameRange>({
  objects: ['Video'],
  draw: 'range',
  toValue({ start, end }, _, { control }) {
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 1 || start > end)
      throw invalid(
        `A range of \`${control.name}\` is \`${start}\` to \`${end}\`. Frames are whole numbers from 1, the start not after the end.`,
      )
    return { ranges: [{ start, end }] }
  },
  toShape({ ranges }) {
    const [range]: unknown[] = Array.isArray(ranges) ? ranges : []
    const { start, end } = (range ?? {}) as Value
    return typeof start === 'number' && typeof end === 'number' ? { start, end } : undefined
  },
  rootOf: () => ({}),
  placeOf: () => undefined,
})

function invalid(message: string): LsmlError {
  return new LsmlError('INVALID_BACKEND', message)
}
