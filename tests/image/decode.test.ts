import { describe, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { decode, type DecoderName } from '../../src/image/decode.ts'
import { encodePng } from '../../src/image/encode.ts'
import { readHeader } from '../../src/image/header.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { compareWithPillow } from './odd-outcomes.ts'
import { gridDifference, summarise } from './outcome.ts'
import { maxDifference, synthetic } from './synthetic.ts'

const images = sharedPath('images')
const source = synthetic(21, 13, 4)
const rgb = (data: ArrayLike<number>) => Array.from(data).filter((_, i) => i % 4 !== 3)

for (const decoder of ['bun', 'sharp', 'jimp'] as const satisfies readonly DecoderName[])
  test(`a PNG comes back pixel by pixel with ${decoder}`, async () => {
    const image = await decode(await encodePng(source), { decoders: [decoder] })
    expect(image).toMatchObject({ width: 21, height: 13 })
    const pixels = image.channels === 4 ? rgb(image.data) : Array.from(image.data)
    expect(maxDifference(pixels, rgb(source.data))).toBe(0)
  })

test('the size announced is checked before decoding, and both numbers are named', async () => {
  const png = await encodePng(source)
  await expect(decode(png, { maxPixels: 200 })).rejects.toMatchObject({
    code: 'MEDIA_TOO_LARGE',
    message: expect.stringContaining('`21 × 13`'),
  })
})

test('bytes that are no picture, an empty file and a header cut short are refused', async () => {
  for (const bytes of [
    new TextEncoder().encode('<html></html>'),
    new Uint8Array(),
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
  ])
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'INVALID_IMAGE' })
})

test('a PNG whose header was tampered with is refused', async () => {
  const png = (await encodePng(source)).slice()
  png[19] = 200
  expect(readHeader(png)).toMatchObject({ format: 'png', width: 200, height: 13 })
  await expect(decode(png)).rejects.toMatchObject({ message: expect.stringContaining('checksum') })
})

test('a JPEG that was cut off is refused instead of ending in gray', async () => {
  const jpeg = await new Bun.Image(await encodePng(synthetic(64, 64))).jpeg().bytes()
  expect(await decode(jpeg)).toMatchObject({ width: 64, height: 64 })
  await expect(decode(jpeg.subarray(0, jpeg.length - 40))).rejects.toMatchObject({
    code: 'INVALID_IMAGE',
    message: expect.stringContaining('cut off'),
  })
})

describe.skipIf(images === undefined)('reference images (needs shared/images)', () => {
  /** Justified in tests/README.md. */
  const ALLOWED: Record<string, string> = {
    'odd/sharp/relax.jp2': 'refused by us',
    'odd/sharp/cielab-dagams.tiff': 'read by us alone',
    'odd/sharp/fogra-0-100-100-0.tif': 'differs',
    'odd/sharp/tifftag-photoshop.tiff': 'differs',
  }

  test('every awkward file is decoded as Pillow does, or refused by name', async () => {
    const all = await compareWithPillow(images as string)
    const surprising = all.filter(
      ({ name, verdict }) => verdict !== 'same' && verdict !== 'refused by both' && ALLOWED[name] !== verdict,
    )
    expect(surprising).toEqual([])
    expect(all.length).toBeGreaterThan(240)
    expect(Math.max(...all.map(({ ours }) => ours.peakBytes))).toBeLessThan(2 ** 30)
  }, 120_000)

  test('jimp alone never makes other pixels of a file than Pillow', async () => {
    const all = await compareWithPillow(images as string, ['jimp'])
    expect(all.filter(({ verdict }) => verdict === 'differs' || verdict === 'read by us alone')).toEqual([])
  }, 120_000)

  for (const side of ['Landscape', 'Portrait'])
    test(`the ${side} picture is the same under every EXIF orientation`, async () => {
      const files = readdirSync(`${images}/exif-orientation`).filter((name) => name.startsWith(side))
      const [first, ...rest] = await Promise.all(
        files.map(async (name) =>
          summarise(await decode(await Bun.file(`${images}/exif-orientation/${name}`).bytes())),
        ),
      )
      expect(rest).toHaveLength(8)
      for (const other of rest) {
        expect(other).toMatchObject({ width: first?.width, height: first?.height })
        expect(gridDifference(first ?? {}, other)).toBeLessThan(6)
      }
    })
})
