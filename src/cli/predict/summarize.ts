import type { LabelingConfig } from '../../labeling/config.ts'
import type { Prediction, Region } from '../../protocol/result.ts'
import { joinItems, markedShape } from '../../regions/marked-regions.ts'
import { wordsOf } from './drawn-regions.ts'

/** What a prediction says, for people: a line for each region with its number, score, labels and text. */
export function summarize(name: string, { result, score }: Prediction, labeling: LabelingConfig): string {
  const pages = new Set(result.map((item) => ('value' in item ? (item.item_index ?? 0) : 0)))
  const found = labeling.objects.flatMap((object) =>
    [...pages].map((itemIndex) => joinItems(result, object.name, itemIndex, hasPlace)),
  )
  const regions = found.flatMap((page) => page.regions)
  const answers = found.flatMap((page) => page.others.map(wordsOf))
  const title = [
    `${name}: ${regions.length} ${regions.length === 1 ? 'region' : 'regions'}`,
    ...(score === undefined ? [] : [`score ${score.toFixed(2)}`]),
  ]
  const lines = regions.map(({ score, labels, text }, index) => {
    const columns = [
      String(index + 1).padStart(4),
      score?.toFixed(2) ?? '    ',
      labels.join(', '),
      text ?? '',
    ]
    return columns.join('  ').trimEnd()
  })
  return [title.join(', '), ...lines, ...answers.map((answer) => `      ${answer}`)].join('\n')
}

/** Where it is, is not told: masks are not decoded, and the size of the page does not matter. */
function hasPlace(item: Region): true | undefined {
  const isPlaced =
    'rle' in item.value ||
    'imageDataURL' in item.value ||
    markedShape(item, { width: 100, height: 100 }) !== undefined
  return isPlaced ? true : undefined
}
