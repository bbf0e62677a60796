import { describe, expect, test } from 'bun:test'
import { defineBackend } from '../../src/backend.ts'
import { checkRegions } from '../../src/regions/validate.ts'
import { testBackend } from '../../src/testing.ts'
import { everyControl, everyControlXml } from './every-control.ts'
import golden from './golden/sdk-verdicts.json'
import { type SdkCase, sdkCases } from './sdk-cases.ts'

const cases = sdkCases()
const refused = new Set(golden.refused)

/**
 * What the SDK takes and lsml drops, by the rule of lsml that drops it. The SDK looks at less than the editor needs, and
 * pydantic takes `"20"` and `true` for numbers; what lsml lets through must be read by the editor too.
 */
const STRICTER: Readonly<Record<string, string>> = {
  id: 'the editor makes regions out of ids, and splits them at `#`',
  duplicate: 'the editor keeps the geometry of one of two',
  group: 'what it is about was dropped',
  range:
    'numbers in strings, lengths below 0, spans that end before they start, geometry of a text that is none',
  geometry: 'shapes without points, pictures that are none, keypoints that the editor takes for rectangles',
  rle: 'the editor needs the format, and a code of just the size of its image',
  label: 'null for a list breaks the editor',
  type: 'a side or an instant that is none',
  score: 'a score of a region is a number',
  original_width: 'the size of the image is positive',
  image_rotation: 'images are turned by quarters',
  item_index: 'pages are counted from 0',
}

/** What the SDK refuses and lsml keeps. */
const LAXER: Readonly<Record<string, string>> = {
  'hypertextlabels: start is missing': 'the editor takes the global offsets',
  'hypertextlabels: end is missing': 'the editor takes the global offsets',
}

describe(`verdicts of label-studio-sdk ${golden.sdk}`, () => {
  test('are known for every case', () => {
    expect(cases.map(({ name }) => name).toSorted()).toEqual([...golden.taken, ...golden.refused].toSorted())
    expect(golden.refused.length).toBeGreaterThan(500)
    expect(golden.taken.length).toBeGreaterThan(500)
  })

  test('are those of checkRegions', () => {
    const laxer: string[] = []
    const stricter: string[] = []
    let same = 0
    for (const each of cases.filter(({ score }) => score === undefined)) {
      const [fault] = checkRegions(asSent(each), everyControl).dropped
      if ((fault !== undefined) === refused.has(each.name)) same++
      else if (fault === undefined) laxer.push(each.name)
      else if (STRICTER[fault.rule] === undefined) stricter.push(`${each.name}: ${fault.message}`)
    }
    expect(laxer).toEqual(Object.keys(LAXER))
    expect(stricter).toEqual([])
    expect(same).toBeGreaterThan(1400)
  })

  test('about the score of a prediction are those of the runner, but for scores that are no numbers', async () => {
    for (const each of cases.filter(({ score }) => score !== undefined)) {
      const backend = defineBackend({
        predict: () => [{ result: asSent(each), score: each.score as number }],
      })
      await using tested = await testBackend(backend, { labelConfig: everyControlXml })
      const answer = tested.predict([{ id: 1, data: {} }])
      const fault = await answer.then(
        () => undefined,
        (error: Error) => error.message,
      )
      const isNumber = typeof each.score === 'number'
      expect([each.name, fault !== undefined]).toEqual([each.name, refused.has(each.name) || !isNumber])
    }
  })
})

/** As it goes over the wire: without what is undefined. */
function asSent({ result }: SdkCase): never[] {
  return JSON.parse(JSON.stringify(result)) as never[]
}
