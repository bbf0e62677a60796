import {
  type Image,
  LsmlError,
  type Page,
  type Prediction,
  type PromptRegion,
  type Region,
  regionPolygon,
  type TaskValue,
  type TextControls,
} from '../../src/index.ts'
import type { PageReader } from '../../src/vision/index.ts'

export interface SmartToolModel {
  readonly controls: TextControls
  /** Given to drawn regions that have none. */
  readonly label: string | undefined
  readonly reader: PageReader
}

/** What the editor knows of one region: its shape, and with plain shapes its label beside it. */
type Items = readonly [PromptRegion, ...PromptRegion[]]

/**
 * The text inside each region that a person drew. The answer has the drawn region's id and geometry, so that the editor
 * takes the text for that one.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG when no TextArea can take the text
 */
export async function readDrawnRegions(
  regions: readonly PromptRegion[],
  pages: readonly TaskValue[],
  open: (value: unknown) => Promise<Image>,
  { controls, label, reader }: SmartToolModel,
): Promise<Prediction> {
  const { text } = controls
  if (text === undefined) {
    throw new LsmlError(
      'INVALID_LABEL_CONFIG',
      'The labeling config has no TextArea that could take the text of a region. Add ' +
        `\`<TextArea name="transcription" toName="${controls.shape.object.name}" perRegion="true"/>\`.`,
    )
  }
  const result: Region[] = []
  for (const items of regionsWithoutText(regions)) {
    const [region] = items
    const page = pages[region.item_index ?? 0]
    if (page === undefined) continue
    const image = await open(page.value)
    const size = { width: image.width, height: image.height, itemIndex: page.index }
    const outline = regionPolygon(region, size)
    if (outline === undefined) continue
    const read = await reader.readRegion(image, outline)
    if (read.text !== '') result.push(...answer(items, size, text.control.name, read, label))
  }
  return { result }
}

/**
 * The editor sends every region of the label that was drawn with, not only the one just drawn, each with all that it has.
 * One that has a text was read before, or corrected by a person, and is left alone.
 */
function regionsWithoutText(items: readonly PromptRegion[]): readonly Items[] {
  const regions = new Map<string, Items>()
  for (const { id = crypto.randomUUID(), ...item } of items) {
    const known = regions.get(id)
    regions.set(id, known === undefined ? [{ id, ...item }] : [...known, { id, ...item }])
  }
  return [...regions.values()].filter((region) => region.every(({ type }) => type !== 'textarea'))
}

/** The drawn region once more, and its text. */
function answer(
  items: Items,
  page: Page,
  textName: string,
  { text, score }: { readonly text: string; readonly score: number },
  label: string | undefined,
): Region[] {
  const [{ id = '', to_name = '', type: shape = 'rectanglelabels', value = {} }] = items
  const { labels: _, [shape]: __, ...geometry } = value
  const root = {
    id,
    to_name,
    score,
    original_width: page.width,
    original_height: page.height,
    image_rotation: 0 as const,
    ...(page.itemIndex !== undefined && { item_index: page.itemIndex }),
  }
  const drawn = items.map(({ from_name = '', type = 'rectanglelabels', value }) => {
    const labels = value?.[type] ?? value?.labels ?? (label === undefined ? [] : [label])
    return {
      ...root,
      from_name,
      type,
      value: type.endsWith('labels') ? { ...geometry, [type]: labels } : geometry,
    }
  })
  return [...drawn, { ...root, from_name: textName, type: 'textarea', value: { ...geometry, text: [text] } }]
}
