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
  for (const region of regions) {
    const page = pages[region.item_index ?? 0]
    if (page === undefined) continue
    const image = await open(page.value)
    const size = { width: image.width, height: image.height, itemIndex: page.index }
    const outline = regionPolygon(region, size)
    if (outline === undefined) continue
    const read = await reader.readRegion(image, outline)
    if (read.text !== '') result.push(...answer(region, size, text.control.name, read, label))
  }
  return { result }
}

/** The drawn region once more, and its text. */
function answer(
  region: PromptRegion,
  page: Page,
  textName: string,
  { text, score }: { readonly text: string; readonly score: number },
  label: string | undefined,
): Region[] {
  const { id = crypto.randomUUID(), from_name = '', to_name = '', type = 'rectanglelabels' } = region
  const { labels, [type]: own, ...geometry } = region.value ?? {}
  const root = {
    id,
    to_name,
    score,
    original_width: page.width,
    original_height: page.height,
    image_rotation: 0 as const,
    ...(page.itemIndex !== undefined && { item_index: page.itemIndex }),
  }
  const drawnLabels = own ?? labels ?? (label === undefined ? [] : [label])
  const drawn = type.endsWith('labels') ? { ...geometry, [type]: drawnLabels } : geometry
  return [
    { ...root, from_name, type, value: drawn },
    { ...root, from_name: textName, type: 'textarea', value: { ...geometry, text: [text] } },
  ]
}
