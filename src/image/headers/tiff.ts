import type { ImageHeader } from '../header.ts'

const SHORT = 3
const WIDTH = 256
const HEIGHT = 257
const COMPRESSION = 259
const PHOTOMETRIC = 262
const ORIENTATION = 274
const PLANAR = 284

/** What utif2, the reader inside jimp, truly decodes. Of others it makes white or shuffled pixels without a word. */
const COMPRESSIONS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946])
/** White is zero, black is zero, RGB, palette, YCbCr. */
const PHOTOMETRICS: ReadonlySet<number> = new Set([0, 1, 2, 3, 6])

export function readTiffHeader(view: DataView): ImageHeader | undefined {
  const tags = readTags(view)
  const width = tags.get(WIDTH)
  const height = tags.get(HEIGHT)
  if (width === undefined || height === undefined) return undefined
  return { format: 'tiff', width, height, orientation: tags.get(ORIENTATION) ?? 1 }
}

/** 1 to 8, of a TIFF file or of the EXIF block of another; 1 where it says nothing. */
export function readTiffOrientation(view: DataView): number {
  return readTags(view).get(ORIENTATION) ?? 1
}

/** Why a reader in JavaScript would get this TIFF file wrong; undefined when it would not. */
export function exoticTiff(bytes: Uint8Array): string | undefined {
  const tags = readTags(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const compression = tags.get(COMPRESSION) ?? 1
  const photometric = tags.get(PHOTOMETRIC) ?? 0
  if (!COMPRESSIONS.has(compression)) return `compression ${compression}`
  if (!PHOTOMETRICS.has(photometric)) return `photometric interpretation ${photometric}`
  return tags.get(PLANAR) === 2 ? 'separate planes' : undefined
}

/** The tags of the first page that hold one number (TIFF 6.0, section 2). */
function readTags(view: DataView): Map<number, number> {
  const little = view.getUint16(0) === 0x4949
  const directory = view.getUint32(4, little)
  const tags = new Map<number, number>()
  for (let i = 0, at = directory + 2; i < view.getUint16(directory, little); i++, at += 12) {
    const isShort = view.getUint16(at + 2, little) === SHORT
    tags.set(
      view.getUint16(at, little),
      isShort ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little),
    )
  }
  return tags
}
