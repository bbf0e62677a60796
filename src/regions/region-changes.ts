type Json = Readonly<Record<string, unknown>>

/** What a person did with a region that was predicted, or drew. */
export interface RegionChange {
  readonly id: string
  readonly change: 'accepted' | 'edited' | 'added' | 'deleted'
  /** As the person left it: its shape, label and text. None of a deleted one. */
  readonly items: readonly Json[]
  /** As it was predicted; none of an added one, and where Label Studio does not send the prediction along. */
  readonly predicted: readonly Json[]
}

export interface AnnotationChanges {
  /** Whether the person began with a prediction: only then what is absent was looked at and found wrong. */
  readonly hasPrediction: boolean
  /** Those of the annotation in its order, then deleted ones. */
  readonly regions: readonly RegionChange[]
}

/** Percent of the page: less is how the editor rounds. */
const SAME_PLACE = 0.01

/**
 * Compares an annotation with the prediction that it came from: what was accepted as it was, edited, added and deleted.
 *
 * @param annotation as Label Studio sends it in events (with its `prediction`) and in tasks
 * @param predictions of the task, if they are known: one of them may be the one that the annotation came from
 */
export function compareWithPrediction(
  annotation: Json,
  predictions: readonly unknown[] = [],
): AnnotationChanges {
  const parent = annotation.parent_prediction ?? undefined
  const known = [annotation.prediction, ...predictions].filter(isJson)
  const prediction = parent === undefined ? undefined : known.find(({ id }) => id === parent)
  const predicted = groupById(prediction?.result)
  const left = groupById(annotation.result)
  const kept = [...left].map(([id, items]): RegionChange => {
    const before = predicted.get(id) ?? []
    return { id, change: changeOf(items, before, prediction !== undefined), items, predicted: before }
  })
  const deleted = [...predicted]
    .filter(([id]) => !left.has(id))
    .map(([id, before]): RegionChange => ({ id, change: 'deleted', items: [], predicted: before }))
  return { hasPrediction: parent !== undefined, regions: [...kept, ...deleted] }
}

function changeOf(
  items: readonly Json[],
  before: readonly Json[],
  isKnown: boolean,
): Exclude<RegionChange['change'], 'deleted'> {
  if (before.length > 0) return isSame(items, before) ? 'accepted' : 'edited'
  // Without the prediction there is what the editor has noted.
  const origins = items.map(({ origin }) => origin)
  if (isKnown || origins.every((origin) => origin === 'manual' || origin === undefined)) return 'added'
  return origins.every((origin) => origin === 'prediction') ? 'accepted' : 'edited'
}

function isSame(items: readonly Json[], before: readonly Json[]): boolean {
  return (
    items.length === before.length &&
    items.every((item) =>
      before.some(({ from_name, value }) => from_name === item.from_name && isEqual(value, item.value)),
    )
  )
}

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) < SAME_PLACE
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]))
  if (!isJson(a) || !isJson(b)) return a === b
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => isEqual(a[key], b[key]))
}

function groupById(result: unknown): ReadonlyMap<string, readonly Json[]> {
  const groups = new Map<string, Json[]>()
  for (const item of Array.isArray(result) ? result : []) {
    if (!isJson(item) || typeof item.id !== 'string') continue
    const group = groups.get(item.id) ?? []
    group.push(item)
    groups.set(item.id, group)
  }
  return groups
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
