import { describe, expect, test } from 'bun:test'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { controlOf } from '../../src/regions/controls/control-of.ts'
import { checkRegions } from '../../src/regions/validate.ts'

const config = parseLabelingConfig(`<View><Text name="text" value="$text"/>
  <Choices name="tone" toName="text"><Choice value="Good" alias="good"/><Choice value="Bad"/></Choices>
  <Choices name="topics" toName="text" choice="multiple"><Choice value="Sport"/><Choice value="Art"/></Choices>
  <TextArea name="answer" toName="text"/></View>`)
const tone = controlOf(config, { control: 'Choices' })
const topics = controlOf(config, { control: 'Choices', where: ({ name }) => name === 'topics' })
const answer = controlOf(config, { control: 'TextArea' })

describe('an answer', () => {
  test('for the whole task has one key in its value, and a list in it', () => {
    expect(tone.answer('good', { id: 'c1', score: 0.8 })).toEqual({
      id: 'c1',
      from_name: 'tone',
      to_name: 'text',
      type: 'choices',
      value: { choices: ['good'] },
      score: 0.8,
    })
    expect(answer.answer('hello').value).toEqual({ text: ['hello'] })
  })

  test('of several choices or texts keeps them all', () => {
    expect(topics.answer(['Art', 'Sport']).value).toEqual({ choices: ['Art', 'Sport'] })
    expect(answer.answer(['a', 'b']).value).toEqual({ text: ['a', 'b'] })
  })

  test('fits the config that it was made for', () => {
    const result = [tone.answer('good'), topics.answer(['Art']), answer.answer('hello')]
    expect(checkRegions(result, config)).toEqual({ kept: result, dropped: [] })
  })
})
