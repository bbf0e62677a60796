import type { Rates } from '../../evaluation/counts.ts'
import type { EvaluationReport } from '../../evaluation/create-evaluation.ts'
import type { LabelReport } from '../../evaluation/label-metric.ts'
import type { ObjectReport } from '../../evaluation/object-metric.ts'
import type { TextReport } from '../../evaluation/text-metric.ts'

/** The numbers as tables for a person: shares in percent. */
export function renderReport({ objects, texts, choices, spans }: EvaluationReport): string {
  return [
    ...objects.map(objectTables),
    ...texts.map(textTables),
    ...choices.map((report) => labelTables('Choices', report)),
    ...spans.map((report) => labelTables('Spans', report)),
  ].join('\n\n')
}

function objectTables(report: ObjectReport): string {
  const { object, map, map50, map75, small, medium, large, recall, labels } = report
  return [
    `Objects on \`${object}\`, as COCO measures boxes`,
    table([
      ['mAP', 'IoU 0.5', 'IoU 0.75', 'small', 'medium', 'large', 'recall'],
      [map, map50, map75, small, medium, large, recall].map(percent),
    ]),
    table([
      ['label', 'AP', 'there', 'found', 'right at IoU 0.5'],
      ...labels.map(({ label, averagePrecision, counts }) => [
        label,
        percent(averagePrecision),
        String(counts.truth),
        String(counts.found),
        String(counts.matched),
      ]),
    ]),
  ].join('\n')
}

function textTables({ object, places, lines, characterErrorRate, texts }: TextReport): string {
  return [
    `Texts on \`${object}\`: ${texts}, as ICDAR 2015 matches them`,
    table([
      ['', 'precision', 'recall', 'H-mean'],
      ['found', ...ratesRow(places)],
      ['and read without a mistake', ...ratesRow(lines)],
    ]),
    table([['character error rate', percent(characterErrorRate)]]),
  ].join('\n')
}

function labelTables(kind: string, { control, rates, macroF1, exact, labels }: LabelReport): string {
  return [
    `${kind} of \`${control}\``,
    table([
      ['F1', 'mean F1 of labels', 'tasks all right'],
      [percent(rates.f1), percent(macroF1), percent(exact)],
    ]),
    table([
      ['label', 'precision', 'recall', 'F1', 'there', 'found'],
      ...labels.map((each) => [
        each.label,
        ...ratesRow(each.rates),
        String(each.counts.truth),
        String(each.counts.found),
      ]),
    ]),
  ].join('\n')
}

function ratesRow({ precision, recall, f1 }: Rates): readonly string[] {
  return [precision, recall, f1].map(percent)
}

/** `–` where there is nothing to measure. */
function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${(share * 100).toFixed(1)} %`
}

/** Columns as wide as needed: the first to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) => row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  '))
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
