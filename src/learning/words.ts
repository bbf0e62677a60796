/** The boundaries of words hang on the language only where a text has no spaces, and there on its script alone. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/**
 * The words of a text of any language, as Unicode tells them apart (UAX #29; of Chinese, Japanese, Thai … by the
 * dictionaries of the runtime), in lower case, without punctuation, and in one spelling of what looks alike (NFKC).
 */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  for (const { segment, isWordLike } of segmenter.segment(text.normalize('NFKC').toLowerCase()))
    if (isWordLike === true) words.push(segment)
  return words
}

/** Words, and pairs of neighbours: `not good` says more than `not` and `good`. */
export function withPairs(words: readonly string[]): readonly string[] {
  return [...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)]
}
