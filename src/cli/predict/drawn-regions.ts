import type { Point } from '../../geometry/point.ts'
import type { ObjectTag } from '../../labeling/config.ts'
import type { ResultItem } from '../../protocol/result.ts'
import type { Page } from '../../regions/percent.ts'
import { regionPolygon } from '../../regions/region-polygon.ts'

/** One region of a page, its items joined. */
export interface DrawnRegion {
  /** In pixels of the page; of a rectangle, clockwise from its own top left corner. */
  readonly outline: readonly Point[]
  readonly labels: readonly string[]
  readonly text: string | undefined
  /** From 0 to 1. */
  readonly score: number | undefined
}

export interface DrawnPage {
  readonly regions: readonly DrawnRegion[]
  /** What has no place on the page, such as a choice: one line an item. */
  readonly answers: readonly string[]
}

/** The regions and answers that a prediction has for one page of one object tag, in their order. */
export function drawnRegions(result: readonly ResultItem[], object: ObjectTag, page: Page): DrawnPage {
  const regions = new Map<string, { -readonly [Key in keyof DrawnRegion]: DrawnRegion[Key] }>()
  const answers: string[] = []
  for (const item of result) {
    if (!('value' in item) || item.to_name !== object.name) continue
    if ((item.item_index ?? 0) !== (page.itemIndex ?? 0)) continue
    const outline = regionPolygon(item, page)
    if (outline === undefined) {
      answers.push(wordsOf(item.value))
      continue
    }
    const region = regions.get(item.id) ?? { outline, labels: [], text: undefined, score: undefined }
    regions.set(item.id, region)
    region.labels = [...new Set([...region.labels, ...labelsOf(item.type, item.value)])]
    region.text ??= textOf(item.value)
    region.score = item.score ?? region.score
  }
  return { regions: [...regions.values()], answers }
}

type Value = Readonly<Record<string, unknown>>

function labelsOf(type: string, value: Value): string[] {
  return strings(value[type])
}

function textOf({ text }: Value): string | undefined {
  const lines = strings(text)
  return lines.length === 0 ? undefined : lines.join(' ')
}

/** Words of an answer: choices, a span with its label; of one without words, its numbers, as a rating. */
function wordsOf(value: Value): string {
  const words = Object.values(value).flatMap(strings)
  return (words.length > 0 ? words : Object.values(value)).join(' ')
}

function strings(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value.flat() : [value]
  return values.filter((each) => typeof each === 'string')
}
