import { type FoundControl, type Page, regionPolygon, type Submission } from '../../../src/index.ts'
import type { LabeledBox } from '../../../src/learning/index.ts'

type Json = Readonly<Record<string, unknown>>

/** What an annotation has of a control on a page, as upright boxes around it. */
export function labeledBoxes(
  { result }: Submission,
  { control, object }: FoundControl,
  page: Page,
): readonly LabeledBox[] {
  return result.flatMap((item) => {
    const { from_name: from, to_name: to, item_index: index, type, value } = item
    if (from !== control.name || to !== object.name || !isJson(value)) return []
    if (page.itemIndex !== undefined && (index ?? 0) !== page.itemIndex) return []
    const [label] = listOf(value[String(type)])
    const outline = regionPolygon({ value }, page)
    if (typeof label !== 'string' || outline === undefined) return []
    if (!control.dynamicLabels && !control.labels.includes(label)) return []
    const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
    const box = {
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    }
    return [{ box, label }]
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
