import { LsmlError } from '../../errors.ts'
import type { ImageHeader } from '../header.ts'
import { exoticTiff } from '../headers/tiff.ts'
import type { Image } from '../image.ts'
import { loadJimp } from '../jimp.ts'
import { orient } from '../rotate.ts'

const FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'bmp', 'tiff'])

/**
 * Pure JavaScript: slow, and runs wherever JavaScript does. Orientation of JPEG and TIFF files is applied; transparency is left in.
 *
 * @returns undefined for formats that it lacks
 */
export async function decodeWithJimp(
  bytes: Uint8Array,
  header: ImageHeader,
  maxPixels: number,
): Promise<Image | undefined> {
  if (!FORMATS.has(header.format)) return undefined
  const exotic = header.format === 'tiff' ? exoticTiff(bytes) : undefined
  if (exotic !== undefined)
    throw new LsmlError(
      'INVALID_IMAGE',
      `The TIFF file uses \`${exotic}\`, which needs the package sharp. Run \`npm install sharp\`, or save the picture as PNG or JPEG.`,
    )
  const Jimp = await loadJimp()
  const { bitmap } = await Jimp.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    'image/jpeg': {
      maxResolutionInMP: maxPixels / 1e6,
      maxMemoryUsageInMB: (maxPixels * 16) / 1e6,
      tolerantDecoding: false,
    },
  })
  const image: Image = {
    width: bitmap.width,
    height: bitmap.height,
    channels: 4,
    data: new Uint8Array(bitmap.data),
  }
  return orient(image, header.orientation)
}
