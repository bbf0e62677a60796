import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { checkBaseParams, resolveParams } from '../../src/projects/params.ts'
import { projectLayers } from '../../src/projects/project-params.ts'

const schema = z.object({
  scoreThreshold: z.number().min(0).max(1).default(0.5),
  useGpu: z.boolean().default(false),
  models: z.array(z.string()).default([]),
  mode: z.enum(['fast', 'good']).default('fast'),
  title: z.string().default(''),
  limit: z.number().nullable().default(null),
  box: z.object({ min: z.number() }).optional(),
})

const given = (values: Record<string, unknown>, source = '--with') =>
  resolveParams(schema, [{ source, values }])

test('without layers the defaults hold', () => {
  expect(resolveParams(schema, [])).toEqual({
    scoreThreshold: 0.5,
    useGpu: false,
    models: [],
    mode: 'fast',
    title: '',
    limit: null,
  })
})

test('later layers win, key by key', () => {
  const layers = [
    { source: 'lsml.config.json', values: { scoreThreshold: 0.1, mode: 'good', title: 'file' } },
    { source: 'the environment', values: { SCORE_THRESHOLD: '0.2', title: 'environment' } },
    { source: '--with', values: { title: 'with' } },
  ]
  expect(resolveParams(schema, layers)).toMatchObject({ scoreThreshold: 0.2, mode: 'good', title: 'with' })
})

test.each(['score_threshold', 'scoreThreshold', 'SCORE_THRESHOLD', 'score-threshold', 'scorethreshold'])(
  '%s is scoreThreshold',
  (key) => {
    expect(given({ [key]: 0.7 })).toMatchObject({ scoreThreshold: 0.7 })
  },
)

test('of two params that differ in spelling only, each has its own', () => {
  const twins = z.object({ a_b: z.string(), aB: z.string() })
  expect(resolveParams(twins, [{ source: '--with', values: { aB: '1', a_b: '2' } }])).toEqual({
    aB: '1',
    a_b: '2',
  })
})

describe('text', () => {
  test.each([
    ['scoreThreshold', '0.25', 0.25],
    ['scoreThreshold', ' 1e-1 ', 0.1],
    ['scoreThreshold', '.5', 0.5],
    ['useGpu', 'true', true],
    ['useGpu', 'True', true],
    ['useGpu', 'False', false],
    ['models', '["a", "b"]', ['a', 'b']],
    ['mode', 'good', 'good'],
    ['title', '12', '12'],
    ['title', 'true', 'true'],
    ['title', '', ''],
    ['limit', '3', 3],
    ['limit', 'None', null],
    ['box', '{"min": 2}', { min: 2 }],
  ])('for %s, `%s` is taken as %p', (key, text, value) => {
    expect(given({ [key]: text })).toMatchObject({ [key]: value })
  })

  test('for a field that coerces is not taken for true because it is not empty', () => {
    const coercing = z.object({ on: z.coerce.boolean() })
    for (const [on, value] of [
      ['false', false],
      ['True', true],
    ] as const) {
      expect(resolveParams(coercing, [{ source: '--with', values: { on } }])).toEqual({ on: value })
    }
  })

  test('for a field that reads text itself is left to it', () => {
    const reading = z.object({ on: z.stringbool() })
    expect(resolveParams(reading, [{ source: '--with', values: { on: 'yes' } }])).toEqual({ on: true })
    expect(resolveParams(reading, [{ source: '--with', values: { on: 'false' } }])).toEqual({ on: false })
  })
})

describe('a refusal', () => {
  test.each([
    [
      'an unknown one',
      { scoreTreshold: 1 },
      /`scoreTreshold` \(--with\)\. Did you mean `scoreThreshold`\?.*Known are: scoreThreshold, useGpu/,
    ],
    ['one that is like none', { zebra: 1 }, /`zebra` \(--with\)\. Known are/],
    [
      'text for a number',
      { score_threshold: 'high' },
      /`score_threshold` cannot be `"high"` \(--with\): .*number/,
    ],
    ['a number out of range', { scoreThreshold: '2' }, /`scoreThreshold` cannot be `"2"`.*<=1/],
    ['an empty text for a number', { scoreThreshold: '' }, /number/],
    ['an unknown choice', { mode: 'best' }, /"fast"\|"good"/],
    ['a null', { scoreThreshold: null }, /`null`/],
    ['a part of a value', { box: { min: 'x' } }, /`box` cannot be .*`min`: .*number/],
    [
      'one param twice',
      { scoreThreshold: 0.1, score_threshold: 0.2 },
      /`scoreThreshold` and `score_threshold` are one/,
    ],
  ])('of %s names it', (_name, values, message) => {
    expect(() => given(values)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS', message: expect.stringMatching(message) }),
    )
  })

  test('names all that is wrong, and lists it as issues', () => {
    expect(() => given({ mode: 'best', zebra: 1 })).toThrow(
      expect.objectContaining({
        issues: [
          { path: 'mode', message: expect.stringMatching(/best/) },
          { path: 'zebra', message: expect.stringMatching(/zebra/) },
        ],
      }),
    )
  })

  test('is due to an invalid value also where a stronger layer replaces it', () => {
    const layers = [
      { source: 'lsml.config.json', values: { mode: 'best' } },
      { source: '--with', values: { mode: 'good' } },
    ]
    expect(() => resolveParams(schema, layers)).toThrow(/lsml\.config\.json/)
  })

  test('is due to any param of a backend that has none', () => {
    const layers = [{ source: '--with', values: { mode: 'x' } }]
    expect(() => resolveParams(undefined, layers)).toThrow(
      /`mode` \(--with\)\. This backend has no parameters/,
    )
    expect(resolveParams(undefined, [])).toEqual({})
  })

  test('is due to what the whole does not allow, such as a range', () => {
    const range = z
      .object({ min: z.number(), max: z.number() })
      .refine(({ min, max }) => min < max, 'min is above max')
    expect(() => resolveParams(range, [{ source: '--with', values: { min: 2, max: 1 } }])).toThrow(
      /min is above max/,
    )
  })

  test('is due to a required one that nobody gives', () => {
    expect(() => resolveParams(z.object({ token: z.string() }), [])).toThrow(
      /`token` is not given.*--with token=/,
    )
  })
})

test('a key that is no ordinary one is unknown like others', () => {
  const extraParams = JSON.parse('{ "__proto__": { "mode": "good" }, "constructor": 1 }')
  expect(() => given(extraParams)).toThrow(/`__proto__`.*`constructor`/)
})

test('a schema that takes unknown keys gets them as they are', () => {
  expect(
    resolveParams(z.looseObject({ a: z.number() }), [{ source: '--with', values: { a: '1', b: '2' } }]),
  ).toEqual({
    a: 1,
    b: '2',
  })
})

test('before there is a project, required params may be missing, and wrong ones may not', () => {
  const needy = z.object({ token: z.string(), size: z.number().default(1) })
  expect(checkBaseParams(needy, [])).toEqual(['token'])
  expect(checkBaseParams(needy, [{ source: 'the environment', values: { TOKEN: 'x' } }])).toEqual([])
  expect(() => checkBaseParams(needy, [{ source: '--with', values: { size: 'x' } }])).toThrow(/`size`/)
})

function layersOf(
  boxes: string,
  text = '',
  extraParams: Record<string, unknown> = {},
  ofControls: readonly string[] = [],
) {
  const labelConfig = `
    <View>
      <Image name="image" value="$image"/>
      <RectangleLabels name="boxes" toName="image" ${boxes}><Label value="A" model_index="1"/></RectangleLabels>
      <TextArea name="text" toName="image" ${text}/>
    </View>`
  const project = { id: '1', version: '1', labelConfig, extraParams }
  return projectLayers(project, parseLabelingConfig(labelConfig), ofControls)
}

describe('a project', () => {
  test('gives params with attributes of its control tags, which go before its extra params', () => {
    const layers = layersOf('model_score_threshold="0.3"', 'model_mode="good"', { score_threshold: 0.1 })
    expect(resolveParams(schema, layers)).toMatchObject({ scoreThreshold: 0.3, mode: 'good' })
  })

  test('is told where a wrong one stands', () => {
    expect(() => resolveParams(schema, layersOf('model_score="1"'))).toThrow(
      /`score` \(`model_score` of the control tag `boxes`\)/,
    )
    expect(() => resolveParams(schema, layersOf('', '', { zebra: 1 }))).toThrow(
      /extra params, Settings → Model/,
    )
  })

  test('may say the same on two control tags, and not two things', () => {
    const same = layersOf('model_mode="good"', 'model_mode="good"')
    expect(resolveParams(schema, same)).toMatchObject({ mode: 'good' })
    expect(() => layersOf('model_mode="good"', 'model_mode="fast"')).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMS', message: expect.stringMatching(/`boxes`.*`text`/) }),
    )
  })

  test('leaves to its control tags what each of them has for itself', () => {
    const both = ['model_mode="good" model_score_threshold="0.3"', 'model_mode="fast"'] as const
    expect(resolveParams(schema, layersOf(...both, {}, ['mode']))).toMatchObject({ scoreThreshold: 0.3 })
    expect(() => resolveParams(schema, layersOf('model_skipp="1"', '', {}, ['skip']))).toThrow(
      'Did you mean `skip`?',
    )
  })
})
