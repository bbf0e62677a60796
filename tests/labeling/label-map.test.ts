import { expect, test } from 'bun:test'
import { mapLabels } from '../../src/labeling/label-map.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'

function mapped(labels: string, classes: readonly string[]) {
  const config = parseLabelingConfig(
    `<View><Image name="i" value="$i"/><RectangleLabels name="l" toName="i">${labels}</RectangleLabels></View>`,
  )
  const map = mapLabels(config.findControl({ control: 'RectangleLabels' }).control, classes)
  return { ...map, labels: Object.fromEntries(map.labels) }
}

test('predicted_values are split at commas and trimmed', () => {
  const map = mapped('<Label value="Vehicle" predicted_values="car, truck ,bus"/>', ['car', 'truck', 'dog'])
  expect(map.labels).toEqual({ car: 'Vehicle', truck: 'Vehicle' })
  expect(map.classesWithoutLabel).toEqual(['dog'])
  expect(map.labelsWithoutClass).toEqual([])
})

test('names that are equal are joined', () => {
  expect(mapped('<Label value="car"/><Label value="dog"/>', ['dog', 'car']).labels).toEqual({
    dog: 'dog',
    car: 'car',
  })
})

test('names that differ in case are joined under the model’s own spelling', () => {
  expect(mapped('<Label value="Car"/>', ['CAR']).labels).toEqual({ CAR: 'Car' })
})

test('an equal name goes before one of another case, whatever the order', () => {
  expect(mapped('<Label value="CAR"/><Label value="car"/>', ['car', 'Car']).labels).toEqual({
    car: 'car',
    Car: 'CAR',
  })
})

test('predicted_values go before names', () => {
  const map = mapped('<Label value="car"/><Label value="Thing" predicted_values="car"/>', ['car'])
  expect(map.labels).toEqual({ car: 'Thing' })
  expect(map.labelsWithoutClass).toEqual(['car'])
})

test('a label whose predicted_values the model lacks still goes by its name', () => {
  expect(mapped('<Label value="Car" predicted_values="automobile"/>', ['car']).labels).toEqual({ car: 'Car' })
})

test('results carry the alias, and the class may have either name', () => {
  expect(mapped('<Label value="Car" alias="c"/>', ['car']).labels).toEqual({ car: 'c' })
  expect(mapped('<Label value="Car" alias="c"/>', ['c']).labels).toEqual({ c: 'c' })
})

test('what has no partner is told from both sides', () => {
  const map = mapped('<Label value="Car"/><Label value="Cat"/>', ['car', 'dog', 'dog'])
  expect(map.classesWithoutLabel).toEqual(['dog'])
  expect(map.labelsWithoutClass).toEqual(['Cat'])
})
