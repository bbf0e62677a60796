import { LsmlError } from '../../errors.ts'
import type { FoundControl } from '../../labeling/config.ts'
import { fromCharacters, toCharacters } from './characters.ts'
import { type Kind, shapeKind, type Value } from './kind.ts'

/**
 * A part of a text, as JavaScript counts: `text.slice(start, end)`. Label Studio counts characters, of which an emoji is
 * one and not two: handles turn the one into the other.
 */
export interface SpanOfText {
  readonly start: number
  readonly end: number
}

/**
 * A part of a HyperText's text content: all that its text nodes say, one after the other. Where `on` is not given that
 * text, offsets are as Label Studio counts.
 */
export interface SpanOfNodes extends SpanOfText {
  /** The same by the text nodes that it begins and ends in. The editor goes by these where the document has them. */
  readonly nodes?: NodeRange | undefined
}

export interface NodeRange {
  /** XPath, such as `/div[1]/p[1]/text()[1]`, and the offset inside of that node. */
  readonly start: string
  readonly startOffset: number
  readonly end: string
  readonly endOffset: number
}

/** A part of a dialogue: from an offset in one paragraph's text to one in the same, or another. */
export interface ParagraphSpan extends SpanOfText {
  /** 0-based. */
  readonly paragraph: number
  /** Where it ends. @default the paragraph where it begins */
  readonly endParagraph?: number | undefined
}

const NOWHERE: NodeRange = { start: '', startOffset: 0, end: '', endOffset: 0 }

export const textSpans: Kind = shapeKind<string, SpanOfText, SpanOfText>({
  objects: ['Text'],
  draw: 'span',
  toValue(span, text, found) {
    const { start, end } = inCharacters(span, text, found)
    return { start, end, text: text.slice(span.start, span.end) }
  },
  toShape: (value, text) => inUnits(readOffsets(value), text),
  rootOf: () => ({}),
  placeOf({ id }) {
    throw new LsmlError(
      'INVALID_REQUEST',
      `The offsets of the span \`${id}\` count characters, which only its text can turn into places of a string. Read it with the text: \`on(text).read(result)\`.`,
    )
  },
})

export const nodeSpans: Kind = shapeKind<string | undefined, SpanOfNodes, SpanOfNodes>({
  objects: ['HyperText'],
  draw: 'span',
  toValue({ start, end, nodes = NOWHERE }, text, found) {
    const globalOffsets = inCharacters({ start, end }, text, found)
    return { ...nodes, globalOffsets, ...(text !== undefined && { text: text.slice(start, end) }) }
  },
  toShape({ globalOffsets, start, end, startOffset, endOffset }, text) {
    const offsets = inUnits(readOffsets(globalOffsets as Value | undefined), text)
    if (offsets === undefined) return undefined
    const nodes = {
      start: String(start),
      startOffset: Number(startOffset),
      end: String(end),
      endOffset: Number(endOffset),
    }
    return { ...offsets, ...(start !== undefined && start !== NOWHERE.start && { nodes }) }
  },
  rootOf: () => ({}),
  placeOf: () => undefined,
})

export const paragraphSpans: Kind = shapeKind<readonly string[], ParagraphSpan, ParagraphSpan>({
  objects: ['Paragraphs'],
  draw: 'span',
  toValue({ paragraph, endParagraph = paragraph, start, end }, texts, found) {
    const [first, last] = [paragraphAt(texts, paragraph, found), paragraphAt(texts, endParagraph, found)]
    if (paragraph > endParagraph) throw outside(`paragraphs ${paragraph} to ${endParagraph}`, found)
    assertInside({ start, end: paragraph === endParagraph ? end : first.length }, first, found)
    assertInside({ start: 0, end }, last, found)
    const between = texts.slice(paragraph + 1, endParagraph)
    const parts =
      paragraph === endParagraph
        ? [first.slice(start, end)]
        : [first.slice(start), ...between, last.slice(0, end)]
    return {
      start: String(paragraph),
      end: String(endParagraph),
      startOffset: start,
      endOffset: end,
      text: parts.join('\n'),
    }
  },
  toShape({ start, end, startOffset, endOffset }) {
    const offsets = readOffsets({ start: startOffset, end: endOffset })
    const [paragraph, endParagraph] = [Number(start), Number(end)]
    if (offsets === undefined || !Number.isInteger(paragraph) || !Number.isInteger(endParagraph))
      return undefined
    return { paragraph, ...offsets, ...(endParagraph !== paragraph && { endParagraph }) }
  },
  rootOf: () => ({}),
  placeOf: () => [],
})

/** As Label Studio counts. @param text undefined when it is not known, and the offsets are in characters already */
function inCharacters(span: SpanOfText, text: string | undefined, found: FoundControl): SpanOfText {
  assertInside(span, text, found)
  if (text === undefined) return span
  const [start, end] = [toCharacters(text, span.start), toCharacters(text, span.end)]
  if (start === undefined || end === undefined)
    throw outside(`${span.start} to ${span.end}, which is inside of a character`, found)
  return { start, end }
}

/** As JavaScript counts. */
function inUnits(span: SpanOfText | undefined, text: string | undefined): SpanOfText | undefined {
  if (span === undefined || text === undefined) return span
  return { start: fromCharacters(text, span.start), end: fromCharacters(text, span.end) }
}

/** Label Studio takes numbers in strings, too. */
function readOffsets(value: Value | undefined): SpanOfText | undefined {
  const [start, end] = [toOffset(value?.start), toOffset(value?.end)]
  return start === undefined || end === undefined ? undefined : { start, end }
}

function toOffset(value: unknown): number | undefined {
  const offset = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof offset === 'number' && Number.isInteger(offset) ? offset : undefined
}

function paragraphAt(texts: readonly string[], index: number, found: FoundControl): string {
  const text = texts[index]
  if (text === undefined) throw outside(`paragraph ${index} of ${texts.length}`, found)
  return text
}

/** @param text undefined when it is not known */
function assertInside({ start, end }: SpanOfText, text: string | undefined, found: FoundControl): void {
  const isInside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end
  if (!isInside || end > (text?.length ?? end))
    throw outside(`${start} to ${end}${text === undefined ? '' : ` of a text of ${text.length}`}`, found)
}

function outside(what: string, { control }: FoundControl): LsmlError {
  return new LsmlError(
    'INVALID_BACKEND',
    `A span of ${control.type} \`${control.name}\` is ${what}. Offsets are whole numbers inside of the text, as \`slice\` takes them, the start not after the end.`,
  )
}
