import { expect, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { choices, textArea } from '../../src/regions/answers.ts'
import { checkRegions } from '../../src/regions/validate.ts'

const config = parseLabelingConfig(`<View><Text name="text" value="$text"/>
  <Choices name="tone" toName="text"><Choice value="Good" alias="good"/><Choice value="Bad"/></Choices>
  <TextArea name="answer" toName="text"/></View>`)
const tone = config.findControl({ control: 'Choices' })
const answer = config.findControl({ control: 'TextArea' })

test('an answer for the whole task has one key in its value, and a list in it', () => {
  expect(choices(tone, 'good', { id: 'c1', score: 0.8 })).toEqual({
    id: 'c1',
    from_name: 'tone',
    to_name: 'text',
    type: 'choices',
    value: { choices: ['good'] },
    score: 0.8,
  })
  expect(textArea(answer, 'hello').value).toEqual({ text: ['hello'] })
})

test('several choices and texts stay several', () => {
  expect(choices(tone, ['good', 'Bad']).value).toEqual({ choices: ['good', 'Bad'] })
  expect(textArea(answer, ['a', 'b']).value).toEqual({ text: ['a', 'b'] })
})

test('answers fit the config that they were made for', () => {
  const result = [choices(tone, 'good'), textArea(answer, 'hello')]
  expect(checkRegions(result, config)).toEqual({ kept: result, dropped: [] })
})
