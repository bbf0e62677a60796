import { describe, expect, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'

const config = parseLabelingConfig(`<View>
  <Image name="image" value="$image"/>
  <Text name="text" value="$text"/>
  <Choices name="kind" toName="text"><Choice value="A"/></Choices>
  <PolygonLabels name="poly" toName="image"><Label value="A"/></PolygonLabels>
  <TextArea name="note" toName="image"/>
  <RectangleLabels name="box" toName="image"><Label value="A"/></RectangleLabels>
  <TextArea name="line" toName="image" perRegion="true"/>
  <Pairwise name="pair" toName="text,image"/>
</View>`)

const names = (found: { control: { name: string }; object: { name: string } } | undefined) =>
  found && [found.control.name, found.object.name]

describe('findControl', () => {
  test('finds the control of a type and its object', () => {
    expect(names(config.findControl({ control: 'RectangleLabels' }))).toEqual(['box', 'image'])
  })

  test('does not mind the case of types', () => {
    expect(names(config.findControl({ control: 'rectanglelabels', object: 'IMAGE' }))).toEqual([
      'box',
      'image',
    ])
  })

  test('takes the types in the order of preference, not of the document', () => {
    const control = ['RectangleLabels', 'PolygonLabels']
    expect(names(config.findControl({ control }))).toEqual(['box', 'image'])
    expect(names(config.findControl({ control: control.toReversed() }))).toEqual(['poly', 'image'])
  })

  test('prefers objects in their order too', () => {
    expect(names(config.findControl({ control: 'Pairwise', object: ['Image', 'Text'] }))).toEqual([
      'pair',
      'image',
    ])
    expect(names(config.findControl({ control: 'Pairwise' }))).toEqual(['pair', 'text'])
  })

  test('takes the first in the document of one type, and what `where` lets pass', () => {
    expect(names(config.findControl({ control: 'TextArea' }))).toEqual(['note', 'image'])
    expect(names(config.findControl({ control: 'TextArea', where: ({ perRegion }) => perRegion }))).toEqual([
      'line',
      'image',
    ])
  })

  test('findControls lists all in document order', () => {
    const all = config.findControls({ control: ['TextArea', 'PolygonLabels', 'Pairwise'] })
    expect(all.map(names)).toEqual([
      ['poly', 'image'],
      ['note', 'image'],
      ['line', 'image'],
      ['pair', 'text'],
      ['pair', 'image'],
    ])
  })

  test('findControlIfAny answers undefined where findControl throws', () => {
    expect(config.findControlIfAny({ control: 'Choices', object: 'Image' })).toBeUndefined()
    expect(() => config.findControl({ control: 'Choices', object: 'Image' })).toThrow()
  })
})

describe('the error of findControl', () => {
  test('lists what the config has and shows what to add, beside the object that is there', () => {
    expect(() => config.findControl({ control: ['EllipseLabels', 'Ellipse'], object: 'Image' })).toThrow(
      [
        'The labeling config has no `EllipseLabels` or `Ellipse` that points at `Image`. It has Choices `kind` → Text `text`, ' +
          'PolygonLabels `poly` → Image `image`, TextArea `note` → Image `image`, RectangleLabels `box` → Image `image`, ' +
          'TextArea `line` → Image `image`, Pairwise `pair` → Text `text` and Image `image`. Add one such as:',
        '<EllipseLabels name="label" toName="image">',
        '  <Label value="Text"/>',
        '</EllipseLabels>',
      ].join('\n'),
    )
  })

  test('says when an object does not exist', () => {
    const broken = parseLabelingConfig(
      '<View><Choices name="c" toName="nope"><Choice value="x"/></Choices></View>',
    )
    expect(() => broken.findControl({ control: 'Choices' })).toThrow(
      'Choices `c` → `nope`, which does not exist',
    )
  })

  test('shows an object as well when the config is empty', () => {
    expect(() => parseLabelingConfig('').findControl({ control: 'Rating', object: 'Text' })).toThrow(
      'It has no tags to label with at all. Add one such as:\n<Text name="text" value="$text"/>\n<Rating name="label" toName="text"/>',
    )
  })

  test('is an example that works when it is added', () => {
    for (const xml of [
      '<View></View>',
      '<View><Labels name="label" toName="x"/><Text name="x" value="$x"/></View>',
    ]) {
      const wanted = { control: 'RectangleLabels', object: 'Image' }
      const message = messageOf(() => parseLabelingConfig(xml).findControl(wanted))
      const snippet = message.slice(message.indexOf('\n') + 1)
      const mended = parseLabelingConfig(xml.replace('</View>', `${snippet}</View>`))
      expect(mended.findControl(wanted).control.labels).toEqual(['Text'])
    }
  })
})

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('Nothing was thrown.')
}
