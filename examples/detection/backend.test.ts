import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { testBackend } from '../../src/testing.ts'
import backend from './backend.ts'

const here = (name: string) => new URL(`sample/${name}`, import.meta.url)
const labelConfig = await readFile(here('labeling.xml'), 'utf8')
const picture = `data:image/png;base64,${await readFile(here('shapes.png'), 'base64')}`
const params = {
  checkpointFile: fileURLToPath(here('shapes')),
  labelsFile: fileURLToPath(here('shapes/classes.txt')),
}

test('finds the shapes, each as the control tags show it', async () => {
  await using detection = await testBackend(backend, { labelConfig, params })
  const [prediction] = await detection.predict([{ id: 1, data: { image: picture } }])
  const shown = prediction?.result.map((region) =>
    'value' in region ? [region.from_name, region.value] : [],
  )
  expect(shown).toMatchObject([
    ['box', { rectanglelabels: ['Round'], x: 12.5, y: 12.5, width: 28.125, height: 37.5 }],
    ['box', { rectanglelabels: ['Angular'] }],
    ['box', { rectanglelabels: ['Angular'] }],
    ['outline', { polygonlabels: ['triangle'], points: expect.any(Array) }],
    ['mask', { brushlabels: ['square'], format: 'rle' }],
    ['shows', { choices: ['circle', 'square', 'triangle'] }],
  ])
}, 60_000)

test('finds what lies inside a rectangle that a person drew', async () => {
  await using detection = await testBackend(backend, { labelConfig, params })
  const drawn = {
    id: 'drawn',
    from_name: 'box',
    to_name: 'image',
    type: 'rectanglelabels',
    value: { x: 50, y: 5, width: 48, height: 50, rotation: 0, rectanglelabels: ['Angular'] },
  }
  const [prediction] = await detection.predict([{ id: 1, data: { image: picture } }], {
    context: { result: [drawn] },
  })
  expect(prediction?.result).toMatchObject([{ from_name: 'box', value: { rectanglelabels: ['Angular'] } }])
}, 60_000)
