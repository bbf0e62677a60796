import type { Point, Quad } from '../geometry/point.ts'
import type { ControlTag, LabelingConfig } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { type ControlHandle, controlOf, controlsOf } from './controls/control-of.ts'
import type { Result } from './controls/items.ts'
import type { Page } from './percent.ts'
import { boxToQuad, quadToBox } from './rotated-box.ts'

/** The controls that a line of text is spread over, all of one image. */
export interface TextControls {
  readonly shape: ControlHandle<'RectangleLabels' | 'Rectangle' | 'PolygonLabels' | 'Polygon'>
  /** The `Labels` beside a plain Rectangle or Polygon. */
  readonly labels: ControlHandle<'Labels', 'Image'> | undefined
  /** The per-region TextArea that takes the text; without one there are only boxes. */
  readonly text: ControlHandle<'TextArea'> | undefined
  /** The same controls on one page. */
  on(page: Page): {
    /**
     * The items of one line: its box, its label, its text, which share one id and repeat the geometry.
     *
     * @throws LsmlError INVALID_BACKEND for a label that the controls do not have
     */
    line(line: TextLine): readonly Region[]
    /** The lines of this page. */
    read(result: Result): readonly ReadLine[]
  }
}

/** A line as somebody left it, in pixels. */
export interface ReadLine {
  readonly id: string
  /** Of a rectangle its corners, clockwise from its own top left one. */
  readonly points: readonly Point[]
  /** Undefined when nobody has said it. */
  readonly text: string | undefined
  readonly labels: readonly string[]
  readonly score?: number | undefined
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
  const found = controlOf(labeling, { control, object: 'Image' })
  const isBeside = ({ object }: { readonly object: { readonly name: string } }) =>
    object.name === found.object.name
  const labels = found.tag.endsWith('Labels')
    ? undefined
    : controlsOf(labeling, { control: 'Labels', object: 'Image' }).find(isBeside)
  const shown = [found.control, labels?.control].filter((tag) => tag !== undefined)
  const where = (area: ControlTag) => area.perRegion && isAskedFor(area, shown)
  const text = controlsOf(labeling, { control: 'TextArea', where }).find(isBeside)
  const controls = { shape: found, labels, text }
  return {
    ...controls,
    on: (page) => ({
      line: (line) => toRegions(controls, page, line),
      read: (result) => readLines(controls, page, result),
    }),
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

type Controls = Omit<TextControls, 'on'>

function toRegions({ shape, labels, text }: Controls, page: Page, line: TextLine): readonly Region[] {
  const { id, score, label = [], corners, polygon: points = corners } = line
  const options = { id, score: line.boxScore ?? score }
  const drawn = { ...options, label: shape.tag.endsWith('Labels') ? label : [] }
  const region =
    shape.tag === 'Polygon' || shape.tag === 'PolygonLabels'
      ? shape.on(page).polygon({ ...drawn, points })
      : shape.on(page).rectangle({ ...drawn, box: quadToBox(corners) })
  const regions = [region]
  if (labels !== undefined) regions.push(labels.answer(label, { about: region, score: options.score }))
  if (text !== undefined && line.text !== undefined)
    regions.push(text.answer(line.text, { about: region, score }))
  return regions
}

function readLines({ shape, text }: Controls, page: Page, result: Result): readonly ReadLine[] {
  const texts = new Map(text?.read(result).map(({ id, answer }) => [id, answer.join(' ')]))
  return shape
    .on(page)
    .read(result)
    .map((region) => {
      const { id, labels, score } = region
      const points = 'points' in region ? region.points : boxToQuad(region.box)
      return { id, points, labels, text: texts.get(id), score }
    })
}
