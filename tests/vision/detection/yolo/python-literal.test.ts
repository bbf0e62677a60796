import { expect, test } from 'bun:test'
import { parsePythonLiteral, type PythonValue } from '../../../../src/vision/detection/yolo/python-literal.ts'

test.each([
  [`{0: 'person', 1: "it's"}`, { 0: 'person', 1: "it's" }],
  ['{"0": "person", "1": "\\u00e9"}', { 0: 'person', 1: 'é' }],
  [
    String.raw`['a\'b "c"', 'tab\t', 'back\\slash', '\xe9\u00e9\U0001F600', '\ud83d\ude42']`,
    ['a\'b "c"', 'tab\t', 'back\\slash', 'éé😀', '🙂'],
  ],
  ['[640, 480]', [640, 480]],
  ['(17, 3)', [17, 3]],
  ["['a', 'b',]", ['a', 'b']],
  [' [ 1 , [ ] , { } , ( ) ] ', [1, [], {}, []]],
  [
    "{'a': {'b': [1.5, -2e3, .5, 1_000, True, False, None]}}",
    { a: { b: [1.5, -2000, 0.5, 1000, true, false, null] } },
  ],
  ['[true, false, null]', [true, false, null]],
  ["'é🙂'", 'é🙂'],
  ['-7', -7],
] as readonly (readonly [string, PythonValue])[])('%s is read', (text, expected) => {
  expect(parsePythonLiteral(text)).toEqual(expected)
})

test.each([
  '',
  'person',
  "__import__('os').listdir('/')",
  "{0: 'a'} + {1: 'b'}",
  "{0: 'a'",
  "{0 'a'}",
  "{0: 'a' 1: 'b'}",
  '{[1]: 2}',
  "'a' 'b'",
  "'no end",
  "'no end\\",
  String.raw`'\U00110000'`,
  '[1, 2)',
  '[,]',
  '1 2',
  '['.repeat(100_000),
])('what is no literal is nothing: %#', (text) => {
  expect(parsePythonLiteral(text)).toBeUndefined()
})

test('keys of a dictionary change nothing but it', () => {
  const value = parsePythonLiteral("{'__proto__': {'polluted': 1}}")
  expect(Object.keys(value as object)).toEqual(['__proto__'])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect((value as Record<string, unknown>).polluted).toBeUndefined()
})
