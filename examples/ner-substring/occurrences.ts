export interface Span {
  /** As JavaScript counts, and `slice` takes it. */
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly label: readonly string[]
}

export interface Occurrence extends Span {
  /** The share of characters that are written as in the selection, capitals included. */
  readonly score: number
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Where else the spans' texts are, in their order: never over one of the spans or each other, nor half a character. */
export function findOccurrences(
  text: string,
  spans: readonly Span[],
  { ignoreCase }: { readonly ignoreCase: boolean },
): readonly Occurrence[] {
  const starts = new Set(Array.from(graphemes.segment(text), ({ index }) => index)).add(text.length)
  const taken: Pick<Span, 'start' | 'end'>[] = [...spans]
  const found: Occurrence[] = []
  for (const { start, end, label } of spans) {
    const selected = text.slice(start, end)
    if (selected.trim() === '') continue
    // In the text as it is: in lower case it could have another length, and every offset after it would be wrong.
    const pattern = new RegExp(escape(selected), ignoreCase ? 'giu' : 'gu')
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const span = { start: match.index, end: match.index + match[0].length, label }
      const isFree = taken.every((other) => span.end <= other.start || span.start >= other.end)
      if (isFree && starts.has(span.start) && starts.has(span.end)) {
        taken.push(span)
        found.push({ ...span, score: sameShare(match[0], selected) })
        // Else the next could begin inside of what was not taken, such as `aa` in `aaa` of which the first is selected.
      } else pattern.lastIndex = nextCharacter(text, span.start)
    }
  }
  return found
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function nextCharacter(text: string, at: number): number {
  return at + String.fromCodePoint(text.codePointAt(at) ?? 0).length
}

function sameShare(text: string, selected: string): number {
  const [ours, theirs] = [[...text], [...selected]]
  return ours.filter((character, index) => character === theirs[index]).length / ours.length
}
