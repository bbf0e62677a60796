import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfigClasses } from '../../../src/vision/mmdeploy/config-classes.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'

test.each([
  [
    'of its metainfo',
    "_base_ = './x.py'\nmetainfo = dict(classes=('cat', 'traffic light'), palette=[(1, 2, 3)])",
    ['cat', 'traffic light'],
  ],
  [
    'of one, with a comma',
    "metainfo = {\n    'classes': ('balloon', ),\n    'palette': [(220, 20, 60)]\n}",
    ['balloon'],
  ],
  [
    'of a list with comments',
    'classes = [  # ours\n  "a#1",  # \'no\'\n  "b",\n]\nnum_classes = 2',
    ['a#1', 'b'],
  ],
  [
    'of a variable',
    "class_name = ('x', 'y')\nmodel = dict(num_classes=2)\nmetainfo = dict(classes=class_name)",
    ['x', 'y'],
  ],
  [
    'of MMDetection 2.x',
    "model = dict(num_classes=3)\ndata = dict(train=dict(type='CocoDataset', classes=('p', 'q', 'r')))",
    ['p', 'q', 'r'],
  ],
])('the names %s are read', async (_, code, expected) => {
  using dir = tempDir()
  const file = join(dir.path, 'config.py')
  writeFileSync(file, code)
  expect(await readConfigClasses(file)).toEqual(expected)
})

test.each([
  ['without any', "_base_ = ['faster-rcnn_r50_fpn.py']\nmodel = dict(bbox_head=dict(num_classes=80))"],
  ['with those of a program', 'classes = load_classes("names.txt")'],
  ['with them in a comment', "# classes = ('a', 'b')"],
])('a config %s names none', async (_, code) => {
  using dir = tempDir()
  const file = join(dir.path, 'config.py')
  writeFileSync(file, code)
  expect(await readConfigClasses(file)).toBeUndefined()
})

test('a config that is not there names none', async () => {
  expect(await readConfigClasses('/no/such/config.py')).toBeUndefined()
})
