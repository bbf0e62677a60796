import {
  compareWithPrediction,
  type Image,
  type Page,
  type Point,
  type RegionChange,
  regionPolygon,
  type Submission,
  type TextControls,
  taskValues,
} from '../../../src/index.ts'
import {
  type CorrectedLine,
  type LabelEvidence,
  matchBoxes,
  type ReviewedTexts,
} from '../../../src/learning/index.ts'
import type { Quad } from '../../../src/vision/index.ts'
import type { Reader } from '../open-reader.ts'

export interface ReviewOptions {
  readonly controls: TextControls
  /** Gives candidates, and boxes of all scores at which a threshold may be. */
  readonly reader: Reader
  readonly open: (value: unknown) => Promise<Image>
}

/** How many lines a person accepted, edited, added and deleted. */
export type ChangeCounts = Readonly<Record<RegionChange['change'], number>>

interface LabeledLine {
  readonly outline: readonly Point[]
  readonly text: string
}

/** What an annotation says of the lines on its pages, beside what the models make of them. */
export async function review(
  { id, task, annotation }: Submission,
  { controls, reader, open }: ReviewOptions,
): Promise<ReviewedTexts & { readonly changes: ChangeCounts }> {
  const { hasPrediction, regions } = compareWithPrediction(annotation, task.predictions)
  const lines: CorrectedLine[] = []
  const boxes: LabelEvidence[] = []
  for (const { value, index } of taskValues(task, controls.shape.object)) {
    const image = await open(value)
    const page = { width: image.width, height: image.height, itemIndex: index }
    const labeled = regions.flatMap(({ items }) => toLine(items, controls, page) ?? [])
    lines.push(...(await correctedLines(image, labeled, reader)))
    // Only who began with a prediction has looked at every box: others may have drawn a line or two.
    if (hasPrediction) boxes.push(await boxEvidence(image, labeled, controls, reader))
  }
  const changes = { accepted: 0, edited: 0, added: 0, deleted: 0 }
  for (const { change } of regions) changes[change]++
  return { id, lines, boxes: boxes.length === 0 ? undefined : joined(boxes), changes }
}

function toLine(
  items: RegionChange['items'],
  { shape, text }: TextControls,
  page: Page,
): LabeledLine | undefined {
  const box = items.find((item) => item.from_name === shape.control.name)
  if (box === undefined || (page.itemIndex !== undefined && (box.item_index ?? 0) !== page.itemIndex))
    return undefined
  const outline = regionPolygon({ value: asRecord(box.value) }, page)
  if (outline === undefined) return undefined
  const written = asRecord(items.find((item) => item.from_name === text?.control.name)?.value).text
  return {
    outline,
    text: [written]
      .flat()
      .filter((part) => typeof part === 'string')
      .join('\n')
      .trim(),
  }
}

/** Lines with a text, as the recognizer reads them where the person has them. A region of several lines is none. */
async function correctedLines(
  image: Image,
  labeled: readonly LabeledLine[],
  { recognizer }: Reader,
): Promise<readonly CorrectedLine[]> {
  const single = labeled.filter(
    ({ outline, text }) => text !== '' && !text.includes('\n') && outline.length === 4,
  )
  const read = await recognizer.recognize(
    image,
    single.map(({ outline }) => outline as unknown as Quad),
  )
  return single.flatMap(({ text }, index) => {
    const { candidates, text: seen = '' } = read[index] ?? {}
    return candidates === undefined || seen === '' ? [] : [{ text, candidates }]
  })
}

async function boxEvidence(
  image: Image,
  labeled: readonly LabeledLine[],
  { text }: TextControls,
  { detector, pages }: Reader,
): Promise<LabelEvidence> {
  // A box without a readable text was never shown.
  const found =
    text === undefined
      ? (await detector.detect(image)).map(({ quad, score }) => ({ box: boundsOf(quad), score }))
      : (await pages.readPage(image)).map(({ quad, boxScore }) => ({ box: boundsOf(quad), score: boxScore }))
  const matches = matchBoxes(
    found,
    labeled.map(({ outline }) => ({ box: boundsOf(outline) })),
  )
  const finds = found.map(({ score }, index) => ({ score, right: matches[index] !== undefined }))
  return { finds, missed: labeled.length - finds.filter(({ right }) => right).length }
}

function joined(evidence: readonly LabelEvidence[]): LabelEvidence {
  return {
    finds: evidence.flatMap(({ finds }) => finds),
    missed: evidence.reduce((sum, { missed }) => sum + missed, 0),
  }
}

function boundsOf(points: readonly Point[]) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
