import type { ControlTag } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { type Counts, type Rates, ratesOf } from './counts.ts'
import type { Metric, Result } from './metric.ts'
import { addLabels, type Labeled, NO_LABELS, scoreLabels, totalOf } from './score-labels.ts'

export interface LabelReport {
  /** Name of the control tag. */
  readonly control: string
  /** Over all labels at once (micro-averaged). */
  readonly rates: Rates
  /** Mean F1 of the labels that occur (macro-averaged): rare ones count as much as frequent ones. */
  readonly macroF1: number
  /** Share of the tasks of which all was right. */
  readonly exact: number
  readonly labels: readonly { readonly label: string; readonly rates: Rates; readonly counts: Counts }[]
}

/** How well whole tasks are classified. */
export function createChoiceMetric(control: ControlTag): Metric<LabelReport> {
  return createLabelMetric(control, ({ value, type }) => {
    const chosen: readonly unknown[] = Array.isArray(value[type]) ? value[type] : []
    return chosen.map((each) => ({ label: Array.isArray(each) ? each.join(' / ') : String(each) }))
  })
}

/** How well parts of texts are labeled: a span counts when its label, its beginning and its end are right. */
export function createSpanMetric(control: ControlTag): Metric<LabelReport> {
  return createLabelMetric(control, ({ value, type }) => {
    const labels: readonly unknown[] = Array.isArray(value[type]) ? value[type] : []
    const { start, end, startOffset, endOffset, globalOffsets } = value
    // Of HTML and dialogues the places are nested; their offsets in the whole text are simplest where they are given.
    const place = JSON.stringify(globalOffsets ?? [start, end, startOffset, endOffset].map(String))
    return labels.map((label) => ({ label: String(label), place }))
  })
}

function createLabelMetric(
  { name }: ControlTag,
  read: (item: Region) => readonly Labeled[],
): Metric<LabelReport> {
  let total = NO_LABELS
  return {
    add(truth, found) {
      const [wanted, given] = [truth, found].map((result) => itemsOf(result, name).flatMap(read)) as [
        Labeled[],
        Labeled[],
      ]
      const score = scoreLabels(wanted, given)
      total = addLabels(total, score)
      if (wanted.length + given.length === 0) return undefined
      return {
        quality: ratesOf(totalOf(score)).f1,
        says: `${name}: ${wordsOf(given)} for ${wordsOf(wanted)}`,
      }
    },
    report() {
      const labels = [...total.byLabel].map(([label, counts]) => ({ label, rates: ratesOf(counts), counts }))
      const sum = labels.reduce((all, { rates }) => all + rates.f1, 0)
      return {
        control: name,
        rates: ratesOf(totalOf(total)),
        macroF1: labels.length === 0 ? 1 : sum / labels.length,
        exact: total.tasks === 0 ? 1 : total.right / total.tasks,
        labels,
      }
    },
  }
}

function itemsOf(result: Result, name: string): readonly Region[] {
  return result.filter((item): item is Region => 'value' in item && item.from_name === name)
}

const MAX_WORDS = 5

function wordsOf(items: readonly Labeled[]): string {
  const names = items.slice(0, MAX_WORDS).map(({ label }) => label)
  const more = items.length > MAX_WORDS ? ` and ${items.length - MAX_WORDS} more` : ''
  return names.length === 0 ? 'nothing' : `${names.join(', ')}${more}`
}
