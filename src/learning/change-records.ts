export interface RecordChange<T> {
  /** Each replaces the one with its id. */
  readonly add?: readonly T[]
  /** Ids of annotations that are gone. */
  readonly remove?: readonly string[]
  /** Most records that are kept; the oldest are forgotten. @default 500 */
  readonly most?: number
  /** Most characters of JSON that are kept. @default 4 000 000 */
  readonly mostCharacters?: number
}

/** What a change leaves of records that are plain JSON; the same array when nothing changes. */
export function changeRecords<T extends { readonly id: string }>(
  records: readonly T[],
  { add = [], remove = [], most = 500, mostCharacters = 4_000_000 }: RecordChange<T>,
): readonly T[] {
  const known = new Map(records.map((record) => [record.id, record]))
  const added = new Map(add.map((record) => [record.id, record]))
  const gone = new Set(remove)
  const changes = [...added.values()].filter(
    (record) => JSON.stringify(record) !== JSON.stringify(known.get(record.id)),
  )
  if (changes.length === 0 && !remove.some((id) => known.has(id))) return records
  const kept = records.filter(({ id }) => !gone.has(id) && !changes.some((record) => record.id === id))
  return newest([...kept, ...changes.filter(({ id }) => !gone.has(id))].slice(-most), mostCharacters)
}

/** The newest that have room. */
function newest<T>(records: readonly T[], mostCharacters: number): readonly T[] {
  let room = mostCharacters
  let first = records.length
  while (first > 0) {
    room -= JSON.stringify(records[first - 1]).length
    if (room < 0) break
    first--
  }
  return records.slice(first)
}
