import { expect, test } from 'bun:test'
import { type CocoMap, cocoMap, type MeasuredImage } from '../../../src/vision/detection/coco-map.ts'
// Cases and numbers: reference/coco_map.py with pycocotools 2.0.11.
import golden from '../../bench/reference/coco-map.json'

type Row = readonly number[]

interface Case {
  readonly images: readonly { readonly truth: readonly Row[]; readonly found: readonly Row[] }[]
  readonly numbers: Readonly<Record<Exclude<keyof CocoMap, 'byClass'>, number | null>> & {
    readonly byClass: Readonly<Record<string, number>>
  }
}

test.each(Object.entries(golden as unknown as Readonly<Record<string, Case>>))(
  'measures as pycocotools: %s',
  (_, { images, numbers }) => {
    const { byClass, ...measured } = cocoMap(images.map(toImage))
    const { byClass: classes, ...wanted } = numbers
    expect(rounded(measured)).toEqual(rounded(wanted))
    expect(rounded(Object.fromEntries(byClass))).toEqual(rounded(classes))
  },
)

function toImage({ truth, found }: Case['images'][number]): MeasuredImage {
  return {
    truth: truth.map((row) => ({
      box: toBox(row),
      classIndex: row[4] as number,
      area: row[5],
      crowd: row[6] === 1,
    })),
    found: found.map((row) => ({ box: toBox(row), classIndex: row[4] as number, score: row[5] as number })),
  }
}

function toBox([left, top, right, bottom]: Row) {
  return { left: left as number, top: top as number, right: right as number, bottom: bottom as number }
}

/** To nine digits: sums in another order differ in the last ones. */
function rounded(
  numbers: Readonly<Record<string, number | null | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value?.toFixed(9)]))
}
