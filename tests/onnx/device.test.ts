import { expect, test } from 'bun:test'
import { deviceName, devicesToTry, parseDevice, parseDevices } from '../../src/onnx/device.ts'

test('a device is a name, with a number for those that have several', () => {
  expect(['auto', 'CPU', 'cuda', 'cuda:1', 'tensorrt:2', 'webgpu'].map(parseDevice).map(deviceName)).toEqual([
    'auto',
    'cpu',
    'cuda:0',
    'cuda:1',
    'tensorrt:2',
    'webgpu',
  ])
})

test('an unknown device is refused with the nearest name', () => {
  expect(() => parseDevice('cude')).toThrow(/`cude`.*Did you mean `cuda`/)
  expect(() => parseDevice('gpu:0')).toThrow(/`gpu:0`.*Did you mean `cuda`/)
  expect(() => parseDevice('constructor')).toThrow(/no device `constructor`\. Known/)
  expect(() => parseDevice('cpu:1')).toThrow(/takes no number/)
  expect(() => parseDevice('cuda:x')).toThrow(/no device `cuda:x`/)
})

test('auto is CUDA, then the CPU; a device that was asked for is the only one tried', () => {
  expect(devicesToTry(parseDevice('auto')).map(deviceName)).toEqual(['cuda:0', 'cpu'])
  expect(devicesToTry(parseDevice('cuda:1')).map(deviceName)).toEqual(['cuda:1'])
})

test.each([
  ['cuda:0,1', ['cuda:0', 'cuda:1']],
  ['cuda:2, cuda:0', ['cuda:2', 'cuda:0']],
  ['cpu,cpu', ['cpu', 'cpu']],
  ['tensorrt:1,2,cpu', ['tensorrt:1', 'tensorrt:2', 'cpu']],
  ['auto', ['auto']],
] as const)('%s is a list of devices', (text, names) => {
  expect(parseDevices(text).map(deviceName)).toEqual([...names])
})

test('a list with what is no device is refused, and so is a list where one device is wanted', () => {
  expect(() => parseDevices('0,1')).toThrow(/no device/)
  expect(() => parseDevices('cuda:0,')).toThrow(/no device/)
  expect(() => parseDevices('cpu,1')).toThrow(/takes no number/)
  expect(() => parseDevice('cuda:0,1')).toThrow(/`cuda:0,1` are several devices/)
})
