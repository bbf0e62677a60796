import type { Image } from '../image.ts'
import { loadJimp } from '../jimp.ts'

/** Pure JavaScript: slow, and runs wherever JavaScript does. EXIF orientation of JPEG files is applied; transparency is left in. */
export async function decodeWithJimp(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const Jimp = await loadJimp()
  const { bitmap } = await Jimp.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    'image/jpeg': {
      maxResolutionInMP: maxPixels / 1e6,
      maxMemoryUsageInMB: (maxPixels * 16) / 1e6,
      tolerantDecoding: false,
    },
  })
  return { width: bitmap.width, height: bitmap.height, channels: 4, data: new Uint8Array(bitmap.data) }
}
