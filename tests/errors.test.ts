import { describe, expect, test } from 'bun:test'
import { errorFromJson, LsmlError, toError, toLsmlError } from '../src/errors.ts'

describe('LsmlError', () => {
  test('is an Error with a code, a name and a cause', () => {
    const cause = new Error('ENOENT')
    const error = new LsmlError('MODEL_NOT_FOUND', 'There is no model at `x.onnx`.', { cause })
    expect(error).toBeInstanceOf(Error)
    expect([error.name, error.code, error.message]).toEqual([
      'LsmlError',
      'MODEL_NOT_FOUND',
      'There is no model at `x.onnx`.',
    ])
    expect(error.cause).toBe(cause)
    expect(error.stack).toContain('LsmlError')
  })

  test('crosses a process as JSON and keeps its code, message and issues', () => {
    const issues = [{ path: 'tasks.3.data.image', message: 'is missing' }]
    const error = new LsmlError('INVALID_REQUEST', 'One task is broken.', { issues })
    const back = errorFromJson(JSON.parse(JSON.stringify(error)))
    expect(back).toBeInstanceOf(LsmlError)
    expect([back.code, back.message, back.issues]).toEqual([error.code, error.message, issues])
  })

  test('says nothing of its cause, its stack, or of issues that it does not have, in JSON', () => {
    const error = new LsmlError('INTERNAL', 'It broke.', { cause: new Error('token 0123') })
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'INTERNAL', message: 'It broke.' })
    expect(errorFromJson({ code: 'INTERNAL', message: 'It broke.' }).issues).toEqual([])
  })
})

describe('what is thrown', () => {
  test('an Error stays the one that it is', () => {
    const error = new TypeError('x is not a function')
    expect(toError(error)).toBe(error)
  })

  const circle: { self?: unknown } = {}
  circle.self = circle
  test.each<[string, unknown, string]>([
    ['a string', 'out of memory', '"out of memory"'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['an object', { status: 500 }, '{"status":500}'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a bigint', 1n, '1'],
    ['an object in a circle', circle, '[object Object]'],
  ])('%s becomes an Error that shows it', (_what, thrown, shown) => {
    expect(toError(thrown).message).toBe(`A value that is no Error was thrown: ${shown}`)
  })

  test('a long value is shortened', () => {
    expect(toError('x'.repeat(10_000)).message.length).toBeLessThan(300)
  })

  test('an object that cannot even be shown is an Error still', () => {
    const hostile = {
      toJSON: () => {
        throw new Error('no')
      },
      toString: () => {
        throw new Error('no')
      },
    }
    expect(toError(hostile).message).toStartWith('A value that is no Error was thrown: ')
  })

  test('an LsmlError keeps its code; others get the one given, with the original as the cause', () => {
    const own = new LsmlError('MEDIA_UNAVAILABLE', 'gone')
    expect(toLsmlError(own, 'BACKEND_FAILED')).toBe(own)
    const thrown = new RangeError('bad index')
    const wrapped = toLsmlError(thrown, 'BACKEND_FAILED')
    expect([wrapped.code, wrapped.message]).toEqual(['BACKEND_FAILED', 'bad index'])
    expect(wrapped.cause).toBe(thrown)
  })
})
