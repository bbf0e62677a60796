import { describe, expect, test } from 'bun:test'
import type { LsmlError } from '../../src/errors.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { toParsedConfig } from '../../src/labeling/parsed-config.ts'
// Results of Label Studio's own parse_config (SDK 2.1.3) for these configs.
import goldenConfigs from './golden-configs.json'

describe('the structure of parse_config', () => {
  test.each(goldenConfigs.map(({ name, xml, parsed }): [string, string, unknown] => [name, xml, parsed]))(
    '%s',
    (_name, xml, parsed) => {
      expect(JSON.stringify(toParsedConfig(parseLabelingConfig(xml)))).toBe(JSON.stringify(parsed))
    },
  )

  test('has the corner cases that were recorded', () => {
    expect(goldenConfigs).toHaveLength(17)
  })

  test.each([
    ['$abc', true],
    ['$a_b', true],
    ['$a1', false],
    ['$a.b', false],
    ['$a-b', false],
    ['$', false],
    ['abc', false],
    ['', false],
  ])('value="%s" on a control says dynamic_labels %p', (value, dynamic) => {
    const xml = `<View><Image name="i" value="$i"/><RectangleLabels name="l" toName="i" value="${value}"/></View>`
    expect(toParsedConfig(parseLabelingConfig(xml)).l?.dynamic_labels === true).toBe(dynamic)
  })

  test('labels from an apiUrl are dynamic', () => {
    const xml =
      '<View><Text name="t" value="$t"/><Taxonomy name="x" toName="t" apiUrl="https://a.b/c"/></View>'
    expect(toParsedConfig(parseLabelingConfig(xml)).x?.dynamic_labels).toBe(true)
  })

  test('a condition is taken only per region, and a list of labels stays one string', () => {
    const xml =
      '<View><Image name="i" value="$i"/><TextArea name="t" toName="i" whenLabelValue="A,B" perRegion="true"/></View>'
    expect(toParsedConfig(parseLabelingConfig(xml)).t?.conditionals).toEqual({ type: 'label', name: 'A,B' })
    const perTask = xml.replace('perRegion="true"', '')
    expect(toParsedConfig(parseLabelingConfig(perTask)).t?.conditionals).toBeUndefined()
  })

  test('toName is not trimmed, as in Python', () => {
    const xml =
      '<View><Text name="a" value="$a"/><Text name="b" value="$b"/><Pairwise name="p" toName="a, b"/></View>'
    const { p } = toParsedConfig(parseLabelingConfig(xml))
    expect(p?.to_name).toEqual(['a', ' b'])
    expect(p?.inputs).toHaveLength(1)
  })
})

describe('controls and objects', () => {
  test('an empty text, blanks and an empty view have none', () => {
    for (const xml of ['', ' \n ', '<View></View>', '<View/>']) {
      const config = parseLabelingConfig(xml)
      expect([config.controls, config.objects]).toEqual([[], []])
    }
  })

  test('of two controls with one name the later counts, at the place of the first', () => {
    const config = parseLabelingConfig(
      `<View><Text name="t" value="$t"/><Labels name="a" toName="t"><Label value="x"/></Labels>
       <Rating name="b" toName="t"/><Choices name="a" toName="t"><Choice value="y"/></Choices></View>`,
    )
    expect(config.controls.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'Choices'],
      ['b', 'Rating'],
    ])
    expect(config.controls[0]?.labels).toEqual(['x', 'y'])
  })

  test('spaces around the names in toName do not hide the objects', () => {
    const config = parseLabelingConfig(
      '<View><Text name="a" value="$a"/><Text name="b" value="$b"/><Pairwise name="p" toName="a, b"/></View>',
    )
    expect(config.controls[0]?.objects.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('a label that the task fills in makes the labels dynamic', () => {
    const xml =
      '<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value="$kind"/></Labels></View>'
    expect(parseLabelingConfig(xml).controls[0]?.dynamicLabels).toBe(true)
    expect(parseLabelingConfig(xml.replace('$kind', 'kind')).controls[0]?.dynamicLabels).toBe(false)
  })

  test('labels keep what XML says of them: entities, quotes, spaces and the names of Object.prototype', () => {
    const { controls } = parseLabelingConfig(
      `<View><Text name="t" value="$t"/><Labels name="l" toName="t"><Label value="A &amp; B"/><Label value='"q"'/>
       <Label value="&#233;&#x1F600;"/><Label value="__proto__"/><Label value="constructor"/></Labels></View>`,
    )
    expect(controls[0]?.labels).toEqual(['A & B', '"q"', 'é😀', '__proto__', 'constructor'])
    expect(Object.keys(controls[0]?.labelAttributes ?? {})).toEqual(controls[0]?.labels as string[])
  })

  test('comments, also with a sample task, CDATA and text change nothing', () => {
    const { controls } = parseLabelingConfig(
      `<?xml version="1.0" encoding="ISO-8859-1"?>
       <!-- {"data": {"image": "<Rectangle name='no' toName='no'/>"}} -->
       <View><Style><![CDATA[ .a > .b { color: red } <Labels name="no" toName="no"/> ]]></Style>text
       <Image name="i" value="$i"/><Rectangle name="r" toName="i"/></View>`,
    )
    expect(controls.map(({ name }) => name)).toEqual(['r'])
  })

  test('unknown tags and prefixes are tags like others', () => {
    const { controls } = parseLabelingConfig(
      '<View xmlns:x="urn:x"><Image name="i" value="$i"/><x:Magic name="m" toName="i"/><Wand name="w" toName="i"/></View>',
    )
    expect(controls.map(({ type }) => type)).toEqual(['x:Magic', 'Wand'])
  })

  test('a thousand labels keep their order', () => {
    const values = Array.from({ length: 1000 }, (_, index) => `Label ${index}`)
    const { controls } = parseLabelingConfig(
      `<View><Text name="t" value="$t"/><Labels name="l" toName="t">${values.map((value) => `<Label value="${value}"/>`).join('')}</Labels></View>`,
    )
    expect(controls[0]?.labels).toEqual(values)
  })

  test('twenty thousand nested views are walked', () => {
    const deep = 20_000
    const xml = `${'<View>'.repeat(deep)}<Text name="t" value="$t"/><Rating name="r" toName="t"/>${'</View>'.repeat(deep)}`
    expect(parseLabelingConfig(xml).controls).toHaveLength(1)
  })

  test('variables of a Repeater hold for the tags after it', () => {
    const { controls } = parseLabelingConfig(
      `<View><Text name="t" value="$t"/><Rating name="r_{{i}}" toName="t"/><Repeater on="$p" indexFlag="{{i}}">
       <Image name="p_{{i}}" value="$p[{{i}}]"/><Rectangle name="b_{{i}}" toName="p_{{i}}"/></Repeater></View>`,
    )
    expect(controls.map(({ variables }) => variables)).toEqual([{}, { '{{i}}': '.*' }])
  })
})

describe('invalid XML', () => {
  test.each([
    [
      'a tag that is not closed',
      '<View>\n  <Image name="i" value="$i"/>\n',
      'unclosed tag: View (line 3, column 0)',
    ],
    ['a wrong end', '<View>\n<Choices></View>', '(line 2, column 16)'],
    [
      'an attribute without quotes',
      '<View><Image name=i/></View>',
      'unquoted attribute value (line 1, column 19)',
    ],
    ['an ampersand alone', '<View>\n<Label value="A & B"/></View>', 'written `&amp;` (line 2, column 16)'],
    ['plain text', 'hello', 'text data outside of root node'],
    ['JSON', '{"a": 1}', 'text data outside of root node'],
    ['two roots', '<View/><View/>', 'documents may contain only one root'],
  ])('%s is told with its place', (_what, xml, part) => {
    const error = failure(xml)
    expect(error.code).toBe('INVALID_LABEL_CONFIG')
    expect(error.message).toContain('The labeling config is not valid XML: ')
    expect(error.message).toContain(part)
  })

  test('entities of a DOCTYPE are neither expanded nor fetched', () => {
    const bomb = `<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY file SYSTEM "file:///etc/passwd">]>`
    expect(failure(`${bomb}<View><Text name="&b;" value="$t"/></View>`).message).toContain('undefined entity')
    expect(failure(`${bomb}<View>&file;</View>`).message).toContain('undefined entity')
    expect(parseLabelingConfig(`${bomb}<View/>`).controls).toEqual([])
  })
})

function failure(xml: string): LsmlError {
  try {
    parseLabelingConfig(xml)
  } catch (error) {
    return error as LsmlError
  }
  throw new Error('It was parsed.')
}
