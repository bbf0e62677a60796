import { all, type Check, every, isNumber, isValue, optional, show } from './check.ts'

const isText = (value: unknown): value is string => typeof value === 'string'

/** Offsets may also be numbers in strings. */
const isOffset = (value: unknown) =>
  isText(value) ? /^\d+(\.\d+)?$/.test(value) : isNumber(value) && value >= 0

/** Of characters inside a node. */
const isIndex = (value: unknown) => isOffset(value) && Number.isInteger(Number(value))

const isNode = (value: unknown) => isText(value) || isNumber(value)

const inOrder: Check = ({ start, end }) =>
  Number(start) > Number(end)
    ? {
        rule: 'range',
        message: `\`value.start\` must not lie after \`value.end\`; they are ${show(start)} and ${show(end)}.`,
      }
    : undefined

/** Characters of a text, or seconds of a sound. */
export const span = all(every(['start', 'end'], 'range', isOffset, 'an offset from 0'), inOrder)

/** By the nodes and the offsets in them, by offsets in the whole text, or by both. */
export const hypertextSpan: Check = (value, subject) => {
  const { globalOffsets } = value
  if (globalOffsets === undefined)
    return value.startOffset === undefined ? span(value, subject) : nodeSpan(value, subject)
  return isValue(globalOffsets)
    ? (span(globalOffsets, subject) ?? nodesBesideOffsets(value, subject))
    : {
        rule: 'range',
        message: `\`value.globalOffsets\` must have start and end; it is ${show(globalOffsets)}.`,
      }
}

const nodesBesideOffsets = all(
  optional(['start', 'end'], 'range', isNode, 'a node or paragraph'),
  optional(['startOffset', 'endOffset'], 'range', isIndex, 'an offset from 0'),
)

/** Start and end name a node (an XPath, or the index of a paragraph), the offsets a place in its text. */
export const nodeSpan = all(
  every(['start', 'end'], 'range', isNode, 'a node or paragraph'),
  every(['startOffset', 'endOffset'], 'range', isIndex, 'an offset from 0'),
)

/** Times are numbers, or strings in the `timeFormat` of the config. */
export const timeSeriesSpan = all(
  every(['start', 'end'], 'range', isNode, 'a time'),
  every(['instant'], 'type', (value) => typeof value === 'boolean', 'true or false'),
)

export const timeline: Check = ({ ranges }, subject) => {
  if (!Array.isArray(ranges) || ranges.length === 0) {
    return {
      rule: 'range',
      message: `\`value.ranges\` must be a list of frame ranges; it is ${show(ranges)}.`,
    }
  }
  return ranges
    .map((range) =>
      isValue(range) ? span(range, subject) : { rule: 'range', message: `A range is ${show(range)}.` },
    )
    .find((fault) => fault !== undefined)
}
