import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Quad } from '../../src/geometry/point.ts'
import { sharedPath } from '../_helpers/shared.ts'

export interface Receipt {
  readonly name: string
  readonly bytes: Uint8Array
  readonly lines: readonly { readonly quad: Quad; readonly text: string }[]
}

/** The receipts of ICDAR 2019 SROIE with the corners and the text of each line; undefined when they are absent. */
export function readReceipts(): readonly Receipt[] | undefined {
  const folder = sharedPath('datasets/sroie')
  if (folder === undefined) return undefined
  return readdirSync(join(folder, 'img'))
    .toSorted()
    .map((file) => {
      const name = basename(file, '.jpg')
      const rows = readFileSync(join(folder, 'box', `${name}.csv`), 'utf8').split(/\r?\n/)
      return {
        name,
        bytes: readFileSync(join(folder, 'img', file)),
        lines: rows.filter((row) => row !== '').map(parseRow),
      }
    })
}

/** `x1,y1,x2,y2,x3,y3,x4,y4,text`, where the text may hold commas. */
function parseRow(row: string): { quad: Quad; text: string } {
  const cells = row.split(',')
  const [x1, y1, x2, y2, x3, y3, x4, y4] = cells.slice(0, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const quad: Quad = [
    [x1, y1],
    [x2, y2],
    [x3, y3],
    [x4, y4],
  ]
  return { quad, text: cells.slice(8).join(',') }
}

/** As the truth is compared: it is upper case whatever is printed, and careless with spaces and punctuation. */
export function alphanumeric(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
