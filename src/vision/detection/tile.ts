import { LsmlError } from '../../errors.ts'
import type { Box } from '../../geometry/box.ts'
import { crop } from '../../image/crop.ts'
import type { Image } from '../../image/image.ts'
import type { ImageSize } from './family.ts'

export interface TileOptions {
  /** Pixels of a tile's sides; an image that is smaller is one tile. */
  readonly size: number
  /** Least part of a tile that it shares with its neighbour, from 0 to below 1. @default 0.2, as in SAHI */
  readonly overlap?: number | undefined
  /**
   * Whether the image as a whole is one tile more, for objects larger than the others; it may add some that the tiles
   * show to be wrong. @default false
   */
  readonly wholeImage?: boolean | undefined
}

export interface Tile {
  /** Where it lies, in whole pixels of the image. */
  readonly box: Box
  readonly image: Image
}

/**
 * The tiles of a large image, row by row, each cut when it is asked for, so that only one copy is held; the whole image,
 * or one of one tile, is handed on as it is.
 *
 * @throws LsmlError INVALID_PARAMS
 */
export function* tileImage(image: Image, options: TileOptions): Generator<Tile, void, void> {
  const boxes = layTiles(image, options)
  if (boxes.length > 1) for (const box of boxes) yield { box, image: crop(image, box) }
  if (boxes.length === 1 || options.wholeImage === true)
    yield { box: { left: 0, top: 0, right: image.width, bottom: image.height }, image }
}

/**
 * Where the tiles of an image lie: as few as cover it with the overlap, all of one size, at even distances.
 *
 * @throws LsmlError INVALID_PARAMS
 */
export function layTiles(image: ImageSize, { size, overlap = 0.2 }: TileOptions): Box[] {
  if (!(Number.isInteger(size) && size > 0))
    throw new LsmlError('INVALID_PARAMS', `The size of tiles is \`${size}\`. Give whole pixels, 1 or more.`)
  if (!(overlap >= 0 && overlap < 1))
    throw new LsmlError(
      'INVALID_PARAMS',
      `The overlap of tiles is \`${overlap}\`. Give a number from 0 to below 1.`,
    )
  const width = Math.min(size, image.width)
  const height = Math.min(size, image.height)
  const lefts = starts(image.width, width, overlap)
  return starts(image.height, height, overlap).flatMap((top) =>
    lefts.map((left) => ({ left, top, right: left + width, bottom: top + height })),
  )
}

function starts(length: number, size: number, overlap: number): number[] {
  const steps = Math.ceil((length - size) / Math.max(1, Math.floor(size * (1 - overlap))))
  // Between starts at even distances lies no more than the distance rounded up, and that is not over the longest step.
  return Array.from({ length: steps + 1 }, (_, index) =>
    steps === 0 ? 0 : Math.floor((index * (length - size)) / steps),
  )
}
