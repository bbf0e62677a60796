const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b

/** So many digits every double holds; with more than these an integer may be larger than `Number.MAX_SAFE_INTEGER`. */
const SAFE_DIGITS = 15

/** A part of the text, in bytes; the end is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** An object in a list that is a field of the body, such as a task in `tasks`. */
export interface ListedObject extends Span {
  /** The name of the field, with its quotes. */
  readonly field: Span
  /** Its place in the list. */
  readonly index: number
}

/** Follows a JSON text that comes in pieces. */
export interface JsonScan {
  add(piece: Uint8Array): void
  /** How deep it has gone so far. Brackets inside strings do not count. */
  readonly depth: number
  /** Integers that a double may not hold, in order, once what follows them has come. */
  readonly longIntegers: readonly Span[]
  /** In order. */
  readonly listed: readonly ListedObject[]
}

/**
 * Sees what must be known of a JSON text before it is parsed. Every byte that it looks for is a character of its own in
 * UTF-8, so that pieces may end anywhere. Of a text that is no JSON it says something or other.
 */
export function createJsonScan(): JsonScan {
  const longIntegers: Span[] = []
  const listed: ListedObject[] = []
  let state = {
    depth: 0,
    deepest: 0,
    isInString: false,
    isEscaped: false,
    /** Of the number that it is in; -1 outside of one. */
    numberStart: -1,
    isInteger: true,
    /** Of the last string that stood directly in the body: before a list it is the name of its field. */
    nameStart: -1,
    nameEnd: -1,
    isInList: false,
    index: 0,
    objectStart: -1,
  }
  let offset = 0
  return {
    longIntegers,
    listed,
    get depth() {
      return state.deepest
    },
    add(piece) {
      // Variables of this call and no iterator: a hundred megabytes pass here.
      let { depth, deepest, isInString, isEscaped, numberStart, isInteger } = state
      let { nameStart, nameEnd, isInList, index, objectStart } = state
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] as number
        if (isInString) {
          if (isEscaped) isEscaped = false
          else if (byte === BACKSLASH) isEscaped = true
          else if (byte === QUOTE) {
            isInString = false
            if (depth === 1) nameEnd = offset + at + 1
          }
        } else if (byte === QUOTE) {
          isInString = true
          if (depth === 1) nameStart = offset + at
        } else if ((byte >= 0x30 && byte <= 0x39) || byte === MINUS) {
          if (numberStart < 0) {
            numberStart = offset + at
            isInteger = true
          }
        } else {
          if (numberStart >= 0) {
            // A point or an exponent: a number that JavaScript rounds as everybody else does.
            if (byte === POINT || (byte | 0x20) === 0x65) isInteger = false
            else if (byte !== PLUS) {
              const end = offset + at
              if (isInteger && end - numberStart > SAFE_DIGITS) longIntegers.push({ start: numberStart, end })
              numberStart = -1
            }
          }
          // `[` and `{`, `]` and `}`: the two pairs differ in this one bit.
          if ((byte & 0xdf) === OPEN_LIST) {
            if (depth === 1) {
              isInList = byte === OPEN_LIST
              index = 0
            } else if (depth === 2 && isInList && byte === OPEN_OBJECT) objectStart = offset + at
            depth++
            if (depth > deepest) deepest = depth
          } else if ((byte & 0xdf) === 0x5d) {
            depth--
            if (depth === 2 && objectStart >= 0) {
              const field = { start: nameStart, end: nameEnd }
              listed.push({ start: objectStart, end: offset + at + 1, field, index })
              objectStart = -1
            }
          } else if (byte === COMMA && depth === 2) index++
        }
      }
      offset += piece.length
      state = {
        depth,
        deepest,
        isInString,
        isEscaped,
        numberStart,
        isInteger,
        nameStart,
        nameEnd,
        isInList,
        index,
        objectStart,
      }
    },
  }
}
