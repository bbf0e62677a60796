/** A bitmap drawn as text: `#` is 1, anything else 0, blanks between the pixels are left out. */
export interface Mask {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * @example
 * mask(`
 *   . . . .
 *   . # # .
 *   . . . .`)
 */
export function mask(drawing: string): Mask {
  const rows = drawing
    .trim()
    .split('\n')
    .map((row) => row.replaceAll(/\s/g, ''))
  const width = rows[0]?.length ?? 0
  if (rows.some((row) => row.length !== width)) throw new Error('The rows of the drawing differ in length.')
  const data = Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0))
  return { data, width, height: rows.length }
}
