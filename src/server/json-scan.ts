const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e

/** So many digits every double holds; with more than these an integer may be larger than `Number.MAX_SAFE_INTEGER`. */
const SAFE_DIGITS = 15

/** Where a number stands in the text, in bytes; the end is exclusive. */
export interface NumberSpan {
  readonly start: number
  readonly end: number
}

/** Follows a JSON text that comes in pieces. */
export interface JsonScan {
  add(piece: Uint8Array): void
  /** How deep it has gone so far. Brackets inside strings do not count. */
  readonly depth: number
  /** Integers that a double may not hold, in order, once what follows them has come. */
  readonly longIntegers: readonly NumberSpan[]
}

/**
 * Sees what must be known of a JSON text before it is parsed. Every byte that it looks for is a character of its own in
 * UTF-8, so that pieces may end anywhere.
 */
export function createJsonScan(): JsonScan {
  const longIntegers: NumberSpan[] = []
  let state = { depth: 0, deepest: 0, isInString: false, isEscaped: false, start: -1, isInteger: true }
  let offset = 0
  return {
    longIntegers,
    get depth() {
      return state.deepest
    },
    add(piece) {
      // Variables of this call and no iterator: a hundred megabytes pass here.
      let { depth, deepest, isInString, isEscaped, start, isInteger } = state
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at] as number
        if (isInString) {
          if (isEscaped) isEscaped = false
          else if (byte === BACKSLASH) isEscaped = true
          else if (byte === QUOTE) isInString = false
        } else if (byte === QUOTE) isInString = true
        else if ((byte >= 0x30 && byte <= 0x39) || byte === MINUS) {
          if (start < 0) {
            start = offset + at
            isInteger = true
          }
        } else {
          if (start >= 0) {
            // A point or an exponent: a number that JavaScript rounds as everybody else does.
            if (byte === POINT || (byte | 0x20) === 0x65) isInteger = false
            else if (byte !== PLUS) {
              const end = offset + at
              if (isInteger && end - start > SAFE_DIGITS) longIntegers.push({ start, end })
              start = -1
            }
          }
          // `[` and `{`, `]` and `}`: the two pairs differ in this one bit.
          if ((byte & 0xdf) === 0x5b) {
            depth++
            if (depth > deepest) deepest = depth
          } else if ((byte & 0xdf) === 0x5d) depth--
        }
      }
      offset += piece.length
      state = { depth, deepest, isInString, isEscaped, start, isInteger }
    },
  }
}
