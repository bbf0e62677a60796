/**
 * The least number of characters that have to be put in, taken out or replaced to make one text the other (Levenshtein
 * 1966). Characters are code points of the composed form (NFC): an accent is no character of its own.
 */
export function editDistance(one: string, other: string): number {
  const [a, b] = [charactersOf(one), charactersOf(other)]
  let before = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [row, character] of a.entries()) {
    const costs = [row + 1]
    for (const [column, wanted] of b.entries()) {
      const replaced = (before[column] as number) + Number(character !== wanted)
      costs.push(Math.min(replaced, (before[column + 1] as number) + 1, (costs[column] as number) + 1))
    }
    before = costs
  }
  return before[b.length] as number
}

/** How long a text is, counted as `editDistance` does. */
export function characterCount(text: string): number {
  return charactersOf(text).length
}

function charactersOf(text: string): readonly string[] {
  return [...text.normalize('NFC')]
}
