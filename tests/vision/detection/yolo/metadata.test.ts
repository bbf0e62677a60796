import { expect, test } from 'bun:test'
import { readYoloMetadata } from '../../../../src/vision/detection/yolo/metadata.ts'

test('is read as YOLOv8 and later write it', () => {
  const written = {
    description: 'Ultralytics YOLO11n-pose model',
    stride: '32',
    task: 'pose',
    batch: '1',
    imgsz: '[480, 640]',
    names: "{0: 'person'}",
    kpt_shape: '[17, 3]',
    end2end: 'False',
  }
  expect(readYoloMetadata(written)).toEqual({
    names: ['person'],
    task: 'pose',
    size: [640, 480],
    stride: 32,
    keypoints: [17, 3],
    isEndToEnd: false,
  })
})

test('is read as YOLOv5 writes it', () => {
  expect(readYoloMetadata({ stride: '64', names: "{1: 'b', 0: 'a'}" })).toEqual({
    names: ['a', 'b'],
    task: undefined,
    size: undefined,
    stride: 64,
    keypoints: undefined,
    isEndToEnd: false,
  })
})

test.each([
  ["['a', 'b']", ['a', 'b']],
  ['{"0": "a", "1": "b"}', ['a', 'b']],
  ["{1: 'a', 2: 'b'}", undefined],
  ["{0: 'a', 1: 2}", undefined],
  ['{}', undefined],
  ['[]', undefined],
  ["'person'", undefined],
  ['None', undefined],
])('names %s are %j', (names, expected) => {
  expect(readYoloMetadata({ names }).names).toEqual(expected)
})

test.each(['[640]', '640', '[640, -1]', '[640, 0.5]', 'large'])('a size of %s is none', (imgsz) => {
  expect(readYoloMetadata({ imgsz }).size).toBeUndefined()
})

test('other metadata says nothing', () => {
  expect(readYoloMetadata({ stride: 'x', end2end: '1' })).toMatchObject({ stride: 32, isEndToEnd: false })
})
