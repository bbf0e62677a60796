import { exifBlock } from './headers/jpeg.ts'
import { readTiffOrientation } from './headers/tiff.ts'

/**
 * How a viewer turns the pixels of a JPEG or TIFF file before it shows them: 1 for not at all, to 8, as EXIF counts. 1 for
 * files of other formats, and where the block is missing or broken.
 */
export function exifOrientation(bytes: Uint8Array): number {
  const isTiff = bytes[0] === bytes[1] && (bytes[0] === 0x49 || bytes[0] === 0x4d)
  const block = isTiff ? bytes : exifBlock(bytes)
  if (block === undefined) return 1
  try {
    const orientation = readTiffOrientation(new DataView(block.buffer, block.byteOffset, block.byteLength))
    return orientation >= 1 && orientation <= 8 ? orientation : 1
  } catch (error) {
    // A DataView refuses to read beyond its end.
    if (error instanceof RangeError) return 1
    throw error
  }
}
