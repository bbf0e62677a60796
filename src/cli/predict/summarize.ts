import type { LabelingConfig } from '../../labeling/config.ts'
import type { Prediction } from '../../protocol/result.ts'
import { drawnRegions } from './drawn-regions.ts'

/** What a prediction says, for people: a line for each region with its number, score, labels and text. */
export function summarize(name: string, { result, score }: Prediction, labeling: LabelingConfig): string {
  const pages = new Set(result.map((item) => ('value' in item ? (item.item_index ?? 0) : 0)))
  const found = labeling.objects.flatMap((object) =>
    [...pages].map((itemIndex) => drawnRegions(result, object, { ...ANY_SIZE, itemIndex })),
  )
  const regions = found.flatMap((page) => page.regions)
  const answers = found.flatMap((page) => page.answers)
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

/** Outlines are not told, so the size of the page does not matter. */
const ANY_SIZE = { width: 100, height: 100 }
