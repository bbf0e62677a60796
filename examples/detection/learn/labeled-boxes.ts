import { boxToQuad, type Page, type Submission } from '../../../src/index.ts'
import type { LabeledBox } from '../../../src/learning/index.ts'
import type { Place } from '../places.ts'

/** What an annotation has of a control on a page, as upright boxes around it. */
export function labeledBoxes(
  { result }: Submission,
  found: Place['found'],
  page: Page,
): readonly LabeledBox[] {
  if (found.tag !== 'RectangleLabels' && found.tag !== 'PolygonLabels') return []
  const { labels: known, dynamicLabels } = found.control
  return found
    .on(page)
    .read(result)
    .flatMap((region) => {
      const [label] = region.labels
      if (label === undefined || !(dynamicLabels || known.includes(label))) return []
      const outline = 'box' in region ? boxToQuad(region.box) : region.points
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
