/** What a character was read as, and what it is; one of both is empty where a character was invented or overlooked. */
export type AlignedPair = readonly [read: string, right: string]

export interface Alignment {
  readonly pairs: readonly AlignedPair[]
  /** Characters that differ, those aside that differ in case only. */
  readonly differences: number
}

/**
 * Which character of one text became which of the other, by the fewest changes (Levenshtein 1966). Upper and lower case
 * are one for that: people write `TOTAL` for `Total`, and it is still the same five letters.
 */
export function alignTexts(read: string, right: string): Alignment {
  const [a, b] = [[...read], [...right]]
  const [foldedA, foldedB] = [a.map(fold), b.map(fold)]
  const columns = b.length + 1
  const costs = new Uint32Array((a.length + 1) * columns)
  const cost = (i: number, j: number) => costs[i * columns + j] as number
  const change = (i: number, j: number) => Number(foldedA[i - 1] !== foldedB[j - 1])
  for (let i = 0; i <= a.length; i++)
    for (let j = 0; j <= b.length; j++)
      costs[i * columns + j] =
        i === 0 || j === 0
          ? i + j
          : Math.min(cost(i - 1, j - 1) + change(i, j), cost(i - 1, j) + 1, cost(i, j - 1) + 1)
  const pairs: AlignedPair[] = []
  let [i, j] = [a.length, b.length]
  while (i > 0 || j > 0) {
    if (i > 0 && j > 0 && cost(i, j) === cost(i - 1, j - 1) + change(i, j))
      pairs.push([a[--i] as string, b[--j] as string])
    else if (i > 0 && cost(i, j) === cost(i - 1, j) + 1) pairs.push([a[--i] as string, ''])
    else pairs.push(['', b[--j] as string])
  }
  return { pairs: pairs.toReversed(), differences: cost(a.length, b.length) }
}

function fold(character: string): string {
  return character.toLowerCase()
}
