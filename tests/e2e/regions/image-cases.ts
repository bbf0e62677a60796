import { resolve } from 'node:path'
import { controlOf, findTextControls, type Mask, type Quad, regionId, relate } from '../../../src/index.ts'
import type { Case } from './case.ts'

const file = resolve(import.meta.dir, '../../../examples/detection/sample/shapes.png')
/** A circle, a triangle and a square on its corner. */
const picture = `data:image/png;base64,${Buffer.from(await Bun.file(file).arrayBuffer()).toString('base64')}`
const page = { width: 640, height: 480 }

const circle = { x: 170, y: 150, radiusX: 90, radiusY: 90 }
const triangle = [
  [470, 40],
  [590, 250],
  [351, 250],
] as const
const square: Quad = [
  [320, 270],
  [420, 350],
  [340, 450],
  [240, 370],
]
/** From its top corner, of which the angle is told. */
const turned = { x: 320, y: 270, width: 128, height: 128, rotation: 38.66 }

const image = (tags: string) => `<View><Image name="image" value="$image"/>${tags}</View>`
const labeled = (tag: string, more = '') =>
  `<${tag} name="label" toName="image"${more}><Label value="Round" background="#722ed1"/><Label value="Angular" background="#0050b3"/></${tag}>`

/** All of the circle's pixels. */
const disc: Mask = {
  left: 80,
  top: 60,
  width: 180,
  height: 180,
  data: Uint8Array.from({ length: 180 * 180 }, (_, at) =>
    Number(Math.hypot((at % 180) - 89.5, Math.floor(at / 180) - 89.5) < 90),
  ),
}

/** What lies on pictures: each is opened in the editor, too. */
export const imageCases: readonly Case[] = [
  {
    name: 'rectangle',
    config: image(labeled('RectangleLabels')),
    data: { image: picture },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'RectangleLabels' }).on(page)
      const around = { left: 80, top: 60, right: 260, bottom: 240 }
      return [
        labels.rectangle({ box: around, label: 'Round', score: 0.9 }),
        labels.rectangle({ box: turned, label: 'Angular', score: 0.8 }),
      ]
    },
  },
  {
    name: 'plain rectangle with labels, choice and relation',
    config: image(
      `<Rectangle name="box" toName="image"/>${labeled('Labels')}
       <Choices name="colour" toName="image" perRegion="true"><Choice value="red"/><Choice value="blue"/></Choices>
       <Relations><Relation value="left of"/></Relations>`,
    ),
    data: { image: picture },
    regions(labeling) {
      const boxes = controlOf(labeling, { control: 'Rectangle' }).on(page)
      const labels = controlOf(labeling, { control: 'Labels', object: 'Image' })
      const colour = controlOf(labeling, { control: 'Choices' })
      const red = boxes.rectangle({ box: { left: 80, top: 60, right: 260, bottom: 240 } })
      const blue = boxes.rectangle({ box: turned })
      return [
        red,
        labels.answer('Round', { about: red }),
        colour.answer('red', { about: red }),
        blue,
        labels.answer('Angular', { about: blue }),
        colour.answer('blue', { about: blue }),
        relate(labeling, red, blue, { label: 'left of' }),
      ]
    },
  },
  {
    name: 'ellipse',
    config: image(labeled('EllipseLabels')),
    data: { image: picture },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'EllipseLabels' }).on(page)
      return [
        labels.ellipse({ ...circle, label: 'Round' }),
        labels.ellipse({ x: 330, y: 360, radiusX: 90, radiusY: 40, rotation: 38.66, label: 'Angular' }),
      ]
    },
  },
  {
    name: 'polygon',
    config: image(labeled('PolygonLabels')),
    data: { image: picture },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'PolygonLabels' }).on(page)
      return [
        labels.polygon({ points: triangle, label: 'Angular' }),
        labels.polygon({ points: square, label: 'Angular' }),
      ]
    },
  },
  {
    name: 'pose of keypoints in a box',
    config: image(
      `${labeled('RectangleLabels').replace('"label"', '"body"')}
       <KeyPointLabels name="point" toName="image"><Label value="Top"/><Label value="Corner"/></KeyPointLabels>`,
    ),
    data: { image: picture },
    regions(labeling) {
      const bodies = controlOf(labeling, { control: 'RectangleLabels' }).on(page)
      const points = controlOf(labeling, { control: 'KeyPointLabels' }).on(page)
      const body = bodies.rectangle({
        box: { left: 351, top: 40, right: 590, bottom: 250 },
        label: 'Angular',
        id: regionId(),
      })
      const [[topX, topY], ...corners] = triangle
      return [
        body,
        points.keypoint({ x: topX, y: topY, radius: 5, label: 'Top', parent: body.id }),
        ...corners.map(([x, y]) => points.keypoint({ x, y, radius: 5, label: 'Corner', parent: body.id })),
      ]
    },
  },
  {
    name: 'brush',
    config: image(labeled('BrushLabels')),
    data: { image: picture },
    regions: (labeling) => [
      controlOf(labeling, { control: 'BrushLabels' }).on(page).brush({ mask: disc, label: 'Round' }),
    ],
  },
  {
    name: 'magic wand with labels',
    config: image(`<MagicWand name="wand" toName="image"/>${labeled('Labels')}`),
    data: { image: picture },
    regions(labeling) {
      const painted = controlOf(labeling, { control: 'MagicWand' }).on(page).brush({ mask: disc })
      const labels = controlOf(labeling, { control: 'Labels', object: 'Image' })
      return [painted, labels.answer('Round', { about: painted })]
    },
    refused: "Invalid value for control 'label'",
  },
  {
    name: 'bitmask',
    config: image(labeled('BitmaskLabels')),
    data: { image: picture },
    regions: (labeling) => [
      controlOf(labeling, { control: 'BitmaskLabels' }).on(page).bitmask({ mask: disc, label: 'Round' }),
    ],
  },
  {
    name: 'vector',
    config: image(labeled('VectorLabels', ' closable="true" curves="true"')),
    data: { image: picture },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'VectorLabels' }).on(page)
      const [a, b, c] = triangle.map(([x, y]) => ({ x, y })) as never as [Point, Point, Point]
      return [
        labels.path({ vertices: [a, b, c], closed: true, label: 'Angular' }),
        labels.path({
          vertices: [
            { x: 80, y: 150 },
            { x: 260, y: 150, control1: { x: 100, y: 30 }, control2: { x: 240, y: 30 } },
          ],
          label: 'Round',
        }),
      ]
    },
  },
  {
    name: 'lines of text',
    config: image(
      `${labeled('RectangleLabels')}<TextArea name="text" toName="image" perRegion="true" editable="true" displayMode="region-list"/>`,
    ),
    data: { image: picture },
    regions(labeling) {
      const lines = findTextControls(labeling).on(page)
      const upright: Quad = [
        [351, 40],
        [590, 40],
        [590, 250],
        [351, 250],
      ]
      return [
        ...lines.line({ corners: upright, text: 'Dreieck \u{1F53A}', label: 'Angular', score: 0.7 }),
        ...lines.line({ corners: square, text: 'Quadrat', label: 'Angular', score: 0.6 }),
      ]
    },
  },
  {
    name: 'pages of a list',
    config: `<View><Image name="image" valueList="$pages"/>${labeled('RectangleLabels')}
      <Choices name="kind" toName="image" perItem="true"><Choice value="first"/><Choice value="second"/></Choices></View>`,
    data: { pages: [picture, picture] },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'RectangleLabels' })
      const kind = controlOf(labeling, { control: 'Choices' })
      const around = { left: 80, top: 60, right: 260, bottom: 240 }
      return [
        labels.on({ ...page, itemIndex: 0 }).rectangle({ box: around, label: 'Round' }),
        labels.on({ ...page, itemIndex: 1 }).rectangle({ box: turned, label: 'Angular' }),
        kind.answer('first', { itemIndex: 0 }),
        kind.answer('second', { itemIndex: 1 }),
      ]
    },
  },
  {
    name: 'Repeater',
    config: `<View><Repeater on="$pages" indexFlag="{{idx}}"><Image name="page_{{idx}}" value="$pages[{{idx}}].url"/>
      <RectangleLabels name="labels_{{idx}}" toName="page_{{idx}}"><Label value="Round"/><Label value="Angular"/></RectangleLabels></Repeater></View>`,
    data: { pages: [{ url: picture }, { url: picture }] },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'RectangleLabels' })
      return [
        labels
          .at(0)
          .on(page)
          .rectangle({ box: { left: 80, top: 60, right: 260, bottom: 240 }, label: 'Round' }),
        labels.at(1).on(page).rectangle({ box: turned, label: 'Angular' }),
      ]
    },
    refused: "'labels_0' not found in configuration",
  },
]

interface Point {
  readonly x: number
  readonly y: number
}
