/**
 * Label Studio counts the characters of Unicode (code points), of which an emoji is one and a letter with an accent of
 * its own two; JavaScript counts UTF-16 code units, of which that emoji is two. Python counts as Label Studio does. So it
 * is since 2023 at least (the editors of 1.7.3 and 1.23.2).
 *
 * @param offset in UTF-16 code units
 * @returns undefined for an offset inside of a character
 */
export function toCharacters(text: string, offset: number): number | undefined {
  const isInside = isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset))
  return isInside ? undefined : Array.from(text.slice(0, offset)).length
}

/** The reverse, for an offset of Label Studio's; behind the text, it is the text's end. */
export function fromCharacters(text: string, offset: number): number {
  return Array.from(text).slice(0, offset).join('').length
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
