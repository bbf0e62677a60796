import type { Point, Quad } from '../geometry/point.ts'
import type { ControlTag, FoundControl, LabelingConfig } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { buildImageRegion } from './build.ts'
import { regionId } from './id.ts'
import type { Page } from './percent.ts'
import { quadToBox } from './rotated-box.ts'
import { polygonValue, rectangleValue } from './shape-values.ts'

/** The controls that a line of text is spread over, all of one image. */
export interface TextControls {
  /** RectangleLabels, Rectangle, PolygonLabels or Polygon. */
  readonly shape: FoundControl
  /** The `Labels` beside a plain Rectangle or Polygon. */
  readonly labels: FoundControl | undefined
  /** The per-region TextArea that takes the text; without one there are only boxes. */
  readonly text: FoundControl | undefined
}

const SHAPES = {
  rectangle: ['RectangleLabels', 'Rectangle'],
  polygon: ['PolygonLabels', 'Polygon'],
} as const

/**
 * Finds where the lines of a page go.
 *
 * @param shape which to use when the config has both; a rectangle when it is not said
 * @throws LsmlError INVALID_LABEL_CONFIG when no control can take a box on an image
 */
export function findTextControls(labeling: LabelingConfig, shape?: 'rectangle' | 'polygon'): TextControls {
  const control = shape === undefined ? [...SHAPES.rectangle, ...SHAPES.polygon] : SHAPES[shape]
  const found = labeling.findControl({ control, object: 'Image' })
  const beside = (type: string, where: (control: ControlTag) => boolean) =>
    labeling.findControls({ control: type, where }).find(({ object }) => object.name === found.object.name)
  const labels = found.control.type.toLowerCase().endsWith('labels')
    ? undefined
    : beside('Labels', () => true)
  const shown = [found.control, labels?.control].filter((tag) => tag !== undefined)
  return {
    shape: found,
    labels,
    text: beside('TextArea', (area) => area.perRegion && isAskedFor(area, shown)),
  }
}

function isAskedFor({ condition }: ControlTag, shown: readonly ControlTag[]): boolean {
  if (condition === undefined || condition.type === 'choice') return condition === undefined
  const wanted = condition.name.split(',')
  if (condition.type === 'tag') return shown.some(({ name }) => wanted.includes(name))
  return shown.some(
    ({ labels, dynamicLabels }) => dynamicLabels || labels.some((label) => wanted.includes(label)),
  )
}

/** A line of text on a page, in pixels. */
export interface TextLine {
  /** Clockwise from the top left corner as the text is read. */
  readonly corners: Quad
  /** A closer outline, used by polygon controls. @default the corners */
  readonly polygon?: readonly Point[] | undefined
  /** Without it, the line has a box only. */
  readonly text?: string | undefined
  readonly label?: string | undefined
  /** From 0 to 1, of the text. */
  readonly score?: number | undefined
  /** From 0 to 1, of the box. @default the score of the text */
  readonly boxScore?: number | undefined
  /** Of a region that a person drew, to give that one its text. @default a new one */
  readonly id?: string | undefined
}

/** The items of one line: its box, its label, its text, which share one id and repeat the geometry. */
export function textLine({ shape, labels, text }: TextControls, page: Page, line: TextLine): Region[] {
  const id = line.id ?? regionId()
  const isPolygon = shape.control.type.toLowerCase().startsWith('polygon')
  const geometry = isPolygon
    ? polygonValue(line.polygon ?? line.corners, page)
    : rectangleValue(quadToBox(line.corners), page)
  const boxOptions = { id, label: line.label, score: line.boxScore ?? line.score }
  const regions = [buildImageRegion(shape, page, geometry, boxOptions)]
  if (labels !== undefined) regions.push(buildImageRegion(labels, page, geometry, boxOptions))
  if (text !== undefined && line.text !== undefined) {
    const value = { ...geometry, text: [line.text] }
    regions.push(buildImageRegion(text, page, value, { id, score: line.score }))
  }
  return regions
}
