import type { SparseFeatures } from './features.ts'

/** Terms that count, and how much. Plain data, so that it can be kept as JSON. */
export interface TfIdf {
  /** In the order of the features. */
  readonly terms: readonly string[]
  /** Inverse document frequency of each. */
  readonly idf: readonly number[]
}

export interface TfIdfOptions {
  /** Most terms that are kept: those in the most documents. @default 20 000 */
  readonly mostTerms?: number
}

/** Digits of the inverse document frequencies. */
const DIGITS = 6

/**
 * Learns how rare each term is: `ln((1 + documents) / (1 + documents with the term)) + 1`, as scikit-learn's
 * `TfidfVectorizer` does.
 *
 * @param documents the terms of each, such as its words
 */
export function fitTfIdf(
  documents: readonly (readonly string[])[],
  { mostTerms = 20_000 }: TfIdfOptions = {},
): TfIdf {
  const frequencies = new Map<string, number>()
  for (const terms of documents)
    for (const term of new Set(terms)) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  // Of equally frequent ones the first by their letters, so that the order of the documents changes nothing.
  const kept = [...frequencies]
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .slice(0, mostTerms)
  return {
    terms: kept.map(([term]) => term),
    idf: kept.map(([, frequency]) =>
      Number((Math.log((1 + documents.length) / (1 + frequency)) + 1).toPrecision(DIGITS)),
    ),
  }
}

/**
 * Turns the terms of a document into features: how often each is there, times its inverse document frequency, all
 * together of length 1. Terms that were not learnt are left out; a document without any has features that are all 0.
 */
export function createTfIdf({ terms, idf }: TfIdf): (document: readonly string[]) => SparseFeatures {
  const places = new Map(terms.map((term, index) => [term, index]))
  return (document) => {
    const counts = new Map<number, number>()
    for (const term of document) {
      const index = places.get(term)
      if (index !== undefined) counts.set(index, (counts.get(index) ?? 0) + 1)
    }
    const indices = Uint32Array.from(counts.keys())
    const values = Float64Array.from(counts, ([index, count]) => count * (idf[index] as number))
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
    return {
      size: terms.length,
      indices,
      values: length === 0 ? values : values.map((value) => value / length),
    }
  }
}
