import type { ImageHeader } from '../header.ts'

const SHORT = 3

/** The tags of the first page (TIFF 6.0, section 2). */
export function readTiffHeader(view: DataView): ImageHeader | undefined {
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
  const width = tags.get(256)
  const height = tags.get(257)
  if (width === undefined || height === undefined) return undefined
  return { format: 'tiff', width, height, orientation: tags.get(274) ?? 1 }
}
