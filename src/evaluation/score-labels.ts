import { addCounts, type Counts, NO_COUNTS } from './counts.ts'

/** Sums over tasks, by label. */
export interface LabelScore {
  readonly byLabel: ReadonlyMap<string, Counts>
  readonly tasks: number
  /** Tasks of which all was right. */
  readonly right: number
}

export const NO_LABELS: LabelScore = { byLabel: new Map(), tasks: 0, right: 0 }

/** Something that has a label: a choice of a task, or a span of its text. */
export interface Labeled {
  readonly label: string
  /** What makes two of one label the same, such as where a span begins and ends. @default '' */
  readonly place?: string | undefined
}

/** How much of what a task has was found, without a mistake: for spans the exact match of CoNLL-2003. */
export function scoreLabels(truth: readonly Labeled[], found: readonly Labeled[]): LabelScore {
  const [wanted, given] = [keysOf(truth), keysOf(found)]
  const byLabel = new Map<string, Counts>()
  const count = (label: string, more: Partial<Counts>) =>
    byLabel.set(label, addCounts(byLabel.get(label) ?? NO_COUNTS, { ...NO_COUNTS, ...more }))
  for (const [key, label] of wanted) count(label, { truth: 1, matched: Number(given.has(key)) })
  for (const [, label] of given) count(label, { found: 1 })
  const isRight = wanted.size === given.size && [...wanted.keys()].every((key) => given.has(key))
  return { byLabel, tasks: 1, right: Number(isRight) }
}

export function addLabels(a: LabelScore, b: LabelScore): LabelScore {
  const byLabel = new Map(a.byLabel)
  for (const [label, counts] of b.byLabel)
    byLabel.set(label, addCounts(byLabel.get(label) ?? NO_COUNTS, counts))
  return { byLabel, tasks: a.tasks + b.tasks, right: a.right + b.right }
}

/** Over all labels at once (micro-averaged). */
export function totalOf({ byLabel }: LabelScore): Counts {
  return [...byLabel.values()].reduce(addCounts, NO_COUNTS)
}

function keysOf(items: readonly Labeled[]): ReadonlyMap<string, string> {
  return new Map(items.map(({ label, place = '' }) => [JSON.stringify([label, place]), label]))
}
