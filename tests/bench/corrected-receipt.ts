import type { Quad } from '../../src/geometry/point.ts'
import { polygonIou } from '../../src/geometry/polygon-iou.ts'
import { readHeader } from '../../src/image/header.ts'
import type { ResultItem } from '../../src/protocol/result.ts'
import type { Task } from '../../src/protocol/task.ts'
import { regionPolygon } from '../../src/regions/region-polygon.ts'
import type { Receipt } from './sroie.ts'

/** A receipt as a task of Label Studio, its picture in the URL. */
export function receiptTask(id: number, { bytes }: Receipt): Task {
  return { id, data: { image: `data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}` } }
}

export interface FoundLine {
  readonly id: string
  readonly quad: Quad
  readonly text: string
  readonly items: readonly Item[]
}

type Item = Readonly<Record<string, unknown>>

/** The lines of a prediction with rectangles and texts. */
export function linesOf(result: readonly ResultItem[]): readonly FoundLine[] {
  const items = result as unknown as readonly (Item & {
    id: string
    type: string
    value: { text?: string[] }
  })[]
  return items
    .filter(({ type }) => type === 'rectanglelabels')
    .map((box) => {
      const text = items.find(({ id, type }) => id === box.id && type === 'textarea')
      const page = { width: Number(box.original_width), height: Number(box.original_height) }
      const quad = regionPolygon(box, page) as unknown as Quad
      return { id: box.id, quad, text: text?.value.text?.[0] ?? '', items: text ? [box, text] : [box] }
    })
}

/** Which found line each true one is: the one that covers it best, from IoU 0.5 on. */
export function matchLines({ lines }: Receipt, found: readonly FoundLine[]): ReadonlyMap<number, number> {
  const matches = new Map<number, number>()
  const free = new Set(found.keys())
  for (const [index, { quad }] of lines.entries()) {
    let [best, overlap]: [number | undefined, number] = [undefined, 0.5]
    for (const candidate of free) {
      const iou = polygonIou(quad, found[candidate]?.quad ?? [])
      if (iou >= overlap) [best, overlap] = [candidate, iou]
    }
    if (best === undefined) continue
    free.delete(best)
    matches.set(index, best)
  }
  return matches
}

/**
 * What a careful person makes of a prediction: boxes that are no line are deleted, texts corrected, missing lines drawn.
 * It has the prediction that it came from, as Label Studio's events do.
 */
export function correctedAnnotation(id: number, predicted: readonly ResultItem[], receipt: Receipt) {
  const found = linesOf(predicted)
  const matches = matchLines(receipt, found)
  const result = receipt.lines.flatMap(({ quad, text }, index): readonly Item[] => {
    const match = matches.get(index)
    const known = match === undefined ? undefined : found[match]
    if (known === undefined) return drawn(`drawn-${index}`, quad, text, receipt)
    const [box = {}, written = {}] = known.items
    return [box, { ...written, value: { ...(written.value as object), text: [text] } }]
  })
  return { id, task: id, result, parent_prediction: id, prediction: { id, result: predicted } }
}

function drawn(
  id: string,
  [topLeft, , bottomRight]: Quad,
  text: string,
  { bytes }: Receipt,
): readonly Item[] {
  const { width = 1, height = 1 } = readHeader(bytes) ?? {}
  const value = {
    x: (100 * topLeft[0]) / width,
    y: (100 * topLeft[1]) / height,
    width: (100 * (bottomRight[0] - topLeft[0])) / width,
    height: (100 * (bottomRight[1] - topLeft[1])) / height,
    rotation: 0,
  }
  const root = { id, to_name: 'image', original_width: width, original_height: height, origin: 'manual' }
  return [
    { ...root, from_name: 'label', type: 'rectanglelabels', value: { ...value, rectanglelabels: ['Text'] } },
    { ...root, from_name: 'text', type: 'textarea', value: { ...value, text: [text] } },
  ]
}
