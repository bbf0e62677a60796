import { expect, test } from 'bun:test'
import { isModelAddress, parseModelAddress } from '../../../src/onnx/kserve/address.ts'

test('an address has a server, a model, and perhaps a version', () => {
  expect(parseModelAddress('kserve+http://localhost:8000/models/dbnet')).toEqual({
    text: 'kserve+http://localhost:8000/v2/models/dbnet',
    origin: 'http://localhost:8000',
    root: 'http://localhost:8000/v2',
    url: 'http://localhost:8000/v2/models/dbnet',
    model: 'dbnet',
    version: undefined,
    tensors: undefined,
  })
  expect(
    parseModelAddress('kserve+https://gate.example/team/a/v2/models/my%20net/versions/3?tensors=json'),
  ).toEqual({
    text: 'kserve+https://gate.example/team/a/v2/models/my%20net/versions/3',
    origin: 'https://gate.example',
    root: 'https://gate.example/team/a/v2',
    url: 'https://gate.example/team/a/v2/models/my%20net/versions/3',
    model: 'my net',
    version: '3',
    tensors: 'json',
  })
})

test('the forms with and without `v2` are one', () => {
  const [short, long] = ['models/x', 'v2/models/x/'].map((path) =>
    parseModelAddress(`kserve+http://a/${path}`),
  )
  expect(short).toEqual(long as never)
})

test('paths, names and other URLs are no addresses', () => {
  const others = [
    'model.onnx',
    'C:\\m.onnx',
    'text-detector',
    'http://a/models/b',
    './kserve+http',
    'grpc://a/b',
  ]
  expect(others.filter(isModelAddress)).toEqual([])
})

test.each([
  ['kserve+http://', /cannot be read/],
  ['kserve+http://localhost:8000', /has no `\/models\/`/],
  ['kserve+http://localhost:8000/models/a/b', /has no `\/models\/`/],
  ['kserve+http://a/models/b?tensors=grpc', /`tensors=grpc`/],
])('%s is refused, with how to write it', (text, message) => {
  expect(() => parseModelAddress(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_MODEL', message: expect.stringMatching(message) }),
  )
  expect(() => parseModelAddress(text)).toThrow(/kserve\+http:\/\/localhost:8000\/models\/name/)
})

test('a password in it is refused, and not repeated', () => {
  expect(() => parseModelAddress('kserve+http://ada:secret@a/models/b')).toThrow(
    /LSML_MODEL_SERVER_AUTHORIZATION/,
  )
  expect(() => parseModelAddress('kserve+http://ada:secret@a/models/b')).not.toThrow(/secret/)
})
