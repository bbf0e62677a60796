import leven from 'leven'
import type { CorrectedLine } from '../../src/learning/texts/corrected-line.ts'
import type { Image } from '../../src/image/image.ts'
import { decode } from '../../src/image/decode.ts'
import type { TextRecognizer } from '../../src/vision/text-recognizer.ts'
import { alphanumeric, type Receipt } from './sroie.ts'

/** Of each three receipts, in the order of their names, two are learnt from and the third is what it is measured on. */
export function splitReceipts(receipts: readonly Receipt[]): {
  readonly known: readonly Receipt[]
  readonly unseen: readonly Receipt[]
} {
  return {
    known: receipts.filter((_, index) => index % 3 !== 2),
    unseen: receipts.filter((_, index) => index % 3 === 2),
  }
}

/** A line where the truth has it, as a recognizer with the option `candidates` reads it. */
export interface TrueLine extends CorrectedLine {
  readonly read: string
}

export async function readTrueLines(
  recognizer: TextRecognizer,
  { bytes, lines }: Receipt,
  image?: Image,
): Promise<readonly TrueLine[]> {
  const read = await recognizer.recognize(
    image ?? (await decode(bytes)),
    lines.map(({ quad }) => quad),
  )
  return lines.map(({ text }, index) => ({
    text,
    read: read[index]?.text.trim() ?? '',
    candidates: read[index]?.candidates ?? [],
  }))
}

export interface ErrorRate {
  /** Of characters as they are written. */
  readonly all: number
  /** Without case, spaces and punctuation: the truth writes capitals whatever is printed. */
  readonly alphanumeric: number
}

/** Share of the characters that must be changed, inserted or deleted, over all lines together. */
export function errorRate(lines: readonly { readonly text: string; readonly read: string }[]): ErrorRate {
  const rate = (normalize: (text: string) => string) => {
    const pairs = lines.map(({ text, read }) => [normalize(text), normalize(read)] as const)
    const errors = pairs.reduce((sum, [text, read]) => sum + leven(text, read), 0)
    return errors / pairs.reduce((sum, [text]) => sum + text.length, 0)
  }
  return { all: rate((text) => text), alphanumeric: rate(alphanumeric) }
}
