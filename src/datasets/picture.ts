import { decode } from '../image/decode.ts'
import { encodePng } from '../image/encode.ts'
import { exifOrientation } from '../image/exif-orientation.ts'
import { readHeader } from '../image/header.ts'
import { LsmlError } from '../errors.ts'

/** A picture as a dataset has it. */
export interface Picture {
  readonly bytes: Uint8Array
  /** Such as `.jpg`. */
  readonly extension: string
  /** In pixels, as it is shown. */
  readonly width: number
  readonly height: number
}

/**
 * The file as it is. One that EXIF says to turn is decoded, turned and written as PNG: places are counted on the picture
 * as it is shown, and not every reader of datasets turns it.
 *
 * @throws LsmlError INVALID_IMAGE for bytes that are no picture
 */
export async function toPicture(bytes: Uint8Array): Promise<Picture> {
  const header = readHeader(bytes)
  if (header === undefined) {
    throw new LsmlError('INVALID_IMAGE', `The file is no picture that lsml can read (${bytes.length} bytes).`)
  }
  const { format, width, height } = header
  if (exifOrientation(bytes) === 1)
    return { bytes, extension: format === 'jpeg' ? '.jpg' : `.${format}`, width, height }
  const image = await decode(bytes)
  return { bytes: await encodePng(image), extension: '.png', width: image.width, height: image.height }
}
