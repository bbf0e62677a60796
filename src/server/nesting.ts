const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Follows a JSON text that comes in pieces, and says how deep it has gone by the end of each. Every byte that it looks
 * for is a character of its own in UTF-8; brackets inside strings do not count.
 */
export function createNestingGauge(): (piece: Uint8Array) => number {
  let state = { depth: 0, deepest: 0, isInString: false, isEscaped: false }
  return function nesting(piece) {
    // Variables of this call and no iterator: a hundred megabytes pass here.
    let { depth, deepest, isInString, isEscaped } = state
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] as number
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) isInString = false
      } else if (byte === QUOTE) isInString = true
      // `[` and `{`, `]` and `}`: the two pairs differ in this one bit.
      else if ((byte & 0xdf) === 0x5b) {
        depth++
        if (depth > deepest) deepest = depth
      } else if ((byte & 0xdf) === 0x5d) depth--
    }
    state = { depth, deepest, isInString, isEscaped }
    return deepest
  }
}
