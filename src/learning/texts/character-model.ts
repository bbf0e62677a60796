/** Characters before one that may say something about it; more are only learnt by heart. */
const CONTEXT = 4
/** Of a character never seen: as if there were so many, all alike. */
const ALPHABET = 1000
/** Answers that are remembered; a project's texts ask the same ones over and over. */
const MOST_REMEMBERED = 200_000

/** Where a text begins and ends: private use, so that no text has them. */
const START = '\uE000'
const END = '\uE001'

/** How likely a character is after a text, as a natural logarithm; without one, how likely the text ends there. */
export type CharacterModel = (text: string, character?: string) => number

interface Followers {
  readonly counts: ReadonlyMap<string, number>
  readonly total: number
}

/**
 * An n-gram model of the characters of texts, smoothed as by Witten and Bell ("The zero-frequency problem", 1991, method
 * C; interpolated as in Chen and Goodman 1998, section 2.5): how much a context is believed follows from how often it was
 * seen, and with how many different characters after it.
 */
export function fitCharacterModel(texts: Iterable<string>): CharacterModel {
  const followers = countFollowers(texts)
  const remembered = new Map<string, number>()
  const probability = (context: string, character: string): number => {
    const key = context + character
    const known = remembered.get(key)
    if (known !== undefined) return known
    const shorter = context === '' ? 1 / ALPHABET : probability(context.slice(1), character)
    const seen = followers.get(context)
    const result =
      seen === undefined
        ? shorter
        : ((seen.counts.get(character) ?? 0) + seen.counts.size * shorter) / (seen.total + seen.counts.size)
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(key, result)
    return result
  }
  return (text, character = END) => Math.log(probability((START + text).slice(-CONTEXT), character))
}

function countFollowers(texts: Iterable<string>): ReadonlyMap<string, Followers> {
  const all = new Map<string, { counts: Map<string, number>; total: number }>()
  for (const text of texts) {
    const marked = START + text
    let at = 1
    for (const character of [...text, END]) {
      for (let start = Math.max(0, at - CONTEXT); start <= at; start++) {
        const context = marked.slice(start, at)
        const seen = all.get(context) ?? { counts: new Map<string, number>(), total: 0 }
        seen.counts.set(character, (seen.counts.get(character) ?? 0) + 1)
        seen.total++
        all.set(context, seen)
      }
      at += character.length
    }
  }
  return all
}
