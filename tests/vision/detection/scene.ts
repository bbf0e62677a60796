import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Box } from '../../../src/geometry/box.ts'
import type { Image } from '../../../src/image/image.ts'
import type { Models } from '../../../src/registry/models.ts'
import {
  openObjectDetector,
  type ObjectDetectorOptions,
} from '../../../src/vision/detection/object-detector.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { openModels } from '../open-models.ts'

export type Color = readonly [red: number, green: number, blue: number]
export type Rectangle = readonly [left: number, top: number, right: number, bottom: number]
export const RED: Color = [255, 0, 0]
export const BLUE: Color = [0, 0, 255]

/** Black, with rectangles on it. */
export function scene(
  width: number,
  height: number,
  rectangles: readonly (readonly [Rectangle, Color])[],
): Image {
  const data = new Uint8Array(width * height * 3)
  for (const [[left, top, right, bottom], color] of rectangles)
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) data.set(color, (y * width + x) * 3)
  return { width, height, channels: 3, data }
}

/** Opens a model that lies alone, or beside what `prepare` writes, does something with its detector, and closes it. */
export async function withDetector<Result>(
  model: Uint8Array,
  options: ObjectDetectorOptions,
  use: (
    detector: Awaited<ReturnType<typeof openObjectDetector>>,
    dims: (readonly number[])[],
  ) => Result | Promise<Result>,
  prepare: (folder: string) => void = () => {},
): Promise<Result> {
  using dir = tempDir()
  const file = join(dir.path, 'end2end.onnx')
  writeFileSync(file, model)
  prepare(dir.path)
  await using opened = openModels()
  const dims: (readonly number[])[] = []
  return await use(await openObjectDetector(recording(opened.models, dims), file, options), dims)
}

/** What a model finds on images. */
export function detectWith(
  model: Uint8Array,
  images: readonly Image[],
  options: ObjectDetectorOptions = {},
  prepare: (folder: string) => void = () => {},
) {
  return withDetector(model, options, (detector) => detector.detect(images), prepare)
}

export function sidesOf({ left, top, right, bottom }: Box): readonly number[] {
  return [left, top, right, bottom]
}

/** How far the worst side of a box is from where it should be, in pixels. */
export function distance(box: Box | undefined, expected: Rectangle): number {
  if (box === undefined) return Number.POSITIVE_INFINITY
  return Math.max(...sidesOf(box).map((side, index) => Math.abs(side - (expected[index] as number))))
}

/** Models whose sessions write down the dimensions of the images that they are fed. */
function recording(models: Models, dims: (readonly number[])[]): Models {
  return {
    async open(name, options) {
      const model = await models.open(name, options)
      const { session } = model
      const run: typeof session.run = (feeds) => {
        dims.push(
          ...Object.values(feeds)
            .map((tensor) => tensor.dims)
            .filter(({ length }) => length > 2),
        )
        return session.run(feeds)
      }
      return { ...model, session: { ...session, run } }
    },
  }
}
