import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exifOrientation } from '../../src/image/exif-orientation.ts'
import { sharedPath } from '../_helpers/shared.ts'

/** A JPEG's start, an EXIF block with an orientation, and a frame header. */
function jpeg(orientation: number, order: 'II' | 'MM' = 'II'): Uint8Array {
  const little = order === 'II'
  const block = new DataView(new ArrayBuffer(32))
  const marks: readonly (readonly [number, number, 1 | 2 | 4])[] = [
    [0, little ? 0x4949 : 0x4d4d, 2],
    [2, 42, 2],
    [4, 8, 4],
    [8, 1, 2],
    [10, 274, 2],
    [12, 3, 2],
    [14, 1, 4],
    [18, orientation, 2],
  ]
  for (const [at, value, bytes] of marks)
    if (bytes === 2) block.setUint16(at, value, little)
    else block.setUint32(at, value, little)
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...new Uint8Array(block.buffer)]
  const comment = [0xff, 0xfe, 0, 4, 0x65, 0x66]
  return Uint8Array.from([0xff, 0xd8, ...comment, 0xff, 0xe1, 0, exif.length + 2, ...exif, 0xff, 0xc0, 0, 2])
}

describe('the orientation that EXIF tells', () => {
  test.each(['II', 'MM'] as const)('is found in both byte orders: %s', (order) => {
    expect(exifOrientation(jpeg(6, order))).toBe(6)
  })

  test('is 1 where it is out of range, cut off, behind the frame, or no JPEG', () => {
    expect(exifOrientation(jpeg(9))).toBe(1)
    for (let end = 0; end < 38; end++) expect(exifOrientation(jpeg(6).subarray(0, end))).toBe(1)
    expect(exifOrientation(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe(1)
  })

  const folder = sharedPath('images/exif-orientation')
  test.skipIf(folder === undefined)('is that of the reference pictures', () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = readFileSync(join(folder ?? '', `Portrait_${orientation}.jpg`))
      expect(exifOrientation(bytes)).toBe(orientation)
    }
  })
})
