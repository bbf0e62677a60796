import { controlOf } from '../../../src/index.ts'
import type { Case } from './case.ts'

/** The emoji is one character for Label Studio and two for JavaScript. */
const text = '\u{1F600} John lives in Paris.'
const html = '<div><p>\u{1F600} John lives in <b>Paris</b>.</p><p>So does Ada.</p></div>'
const dialog = [
  { author: 'Ada', text: 'Hello \u{1F44B} Charles' },
  { author: 'Charles', text: 'Good morning' },
]

const answers = (tags: string) => `<View><Text name="text" value="$text"/>${tags}</View>`
const choices = '<Choice value="Good" alias="good"/><Choice value="Bad"/>'

export const otherCases: readonly Case[] = [
  {
    name: 'spans of a text',
    config: answers(
      '<Labels name="ner" toName="text"><Label value="Person"/><Label value="Place" alias="LOC"/></Labels>',
    ),
    data: { text },
    regions(labeling) {
      const spans = controlOf(labeling, { control: 'Labels', object: 'Text' }).on(text)
      return [
        spans.span({ start: 3, end: 7, label: 'Person', score: 0.9 }),
        spans.span({ start: 17, end: 22, label: 'Place' }),
      ]
    },
    highlights: ['John', 'Paris'],
  },
  {
    name: 'spans of a HyperText by offsets, and by nodes',
    config:
      '<View><HyperText name="html" value="$html"/><HyperTextLabels name="ner" toName="html"><Label value="Person"/><Label value="Place"/></HyperTextLabels></View>',
    data: { html },
    regions(labeling) {
      const spans = controlOf(labeling, { control: 'HyperTextLabels' }).on(text.replace('.', '.So does Ada.'))
      const node = '/div[1]/p[1]/b[1]/text()[1]'
      return [
        spans.span({ start: 3, end: 7, label: 'Person' }),
        spans.span({
          start: 17,
          end: 22,
          label: 'Place',
          nodes: { start: node, startOffset: 0, end: node, endOffset: 5 },
        }),
      ]
    },
    highlights: ['John', 'Paris'],
  },
  {
    name: 'paragraphs',
    config:
      '<View><Paragraphs name="dialog" value="$dialog" layout="dialogue" nameKey="author" textKey="text"/><ParagraphLabels name="part" toName="dialog"><Label value="Greeting"/></ParagraphLabels></View>',
    data: { dialog },
    regions(labeling) {
      const parts = controlOf(labeling, { control: 'ParagraphLabels' }).on(dialog.map((line) => line.text))
      return [
        parts.span({ paragraph: 0, start: 9, end: 16, label: 'Greeting' }),
        parts.span({ paragraph: 1, start: 0, end: 12, label: 'Greeting' }),
      ]
    },
    highlights: ['Charles', 'Good morning'],
  },
  {
    name: 'a sound and its transcript',
    config: `<View><Audio name="audio" value="$audio"/><Labels name="label" toName="audio"><Label value="Speech"/></Labels>
      <TextArea name="text" toName="audio" perRegion="true"/></View>`,
    data: { audio: 'https://example.com/a.wav' },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'Labels', object: 'Audio' }).on({ duration: 12.5 })
      const speech = labels.segment({ start: 0.5, end: 2.25, label: 'Speech' })
      return [speech, controlOf(labeling, { control: 'TextArea' }).answer('hello there', { about: speech })]
    },
  },
  {
    name: 'a time series',
    config: `<View><TimeSeries name="series" value="$csv" valueType="url" timeColumn="time"><Channel column="v"/></TimeSeries>
      <TimeSeriesLabels name="label" toName="series"><Label value="Run"/></TimeSeriesLabels></View>`,
    data: { csv: 'https://example.com/a.csv' },
    regions(labeling) {
      const labels = controlOf(labeling, { control: 'TimeSeriesLabels' }).on()
      return [
        labels.segment({ start: 10, end: 20, label: 'Run' }),
        labels.segment({ start: 30, label: 'Run' }),
      ]
    },
  },
  {
    name: 'tracks and ranges of a video',
    config: `<View><Video name="video" value="$video"/><VideoRectangle name="box" toName="video"/>
      <Labels name="label" toName="video"><Label value="Car"/></Labels>
      <TimelineLabels name="range" toName="video"><Label value="Moving"/></TimelineLabels></View>`,
    data: { video: 'https://example.com/a.mp4' },
    regions(labeling) {
      const video = { width: 1280, height: 720, frames: 250, frameRate: 25 }
      const box = { left: 128, top: 72, right: 384, bottom: 216 }
      return [
        controlOf(labeling, { control: 'VideoRectangle' })
          .on(video)
          .track({
            keyframes: [
              { frame: 1, box },
              { frame: 50, box: { ...box, left: 200 }, enabled: false },
            ],
            label: 'Car',
          }),
        controlOf(labeling, { control: 'TimelineLabels' })
          .on()
          .range({ start: 10, end: 60, label: 'Moving' }),
      ]
    },
  },
  {
    name: 'choices',
    config: answers(`<Choices name="tone" toName="text">${choices}</Choices>`),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'Choices' }).answer('Good', { score: 0.8 })],
  },
  {
    name: 'several choices',
    config: answers(`<Choices name="tone" toName="text" choice="multiple">${choices}</Choices>`),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'Choices' }).answer(['good', 'Bad'])],
  },
  {
    name: 'choices that come with the task',
    config: answers('<Choices name="tone" toName="text" value="$options"/>'),
    data: { text, options: [{ value: 'Fine' }] },
    regions: (labeling) => [controlOf(labeling, { control: 'Choices' }).answer('Fine')],
  },
  {
    name: 'taxonomy',
    config: answers(
      '<Taxonomy name="life" toName="text"><Choice value="Eukarya"><Choice value="Animals"/></Choice><Choice value="Bacteria"/></Taxonomy>',
    ),
    data: { text },
    regions: (labeling) => [
      controlOf(labeling, { control: 'Taxonomy' }).answer([['Eukarya', 'Animals'], ['Bacteria']]),
    ],
  },
  {
    name: 'rating',
    config: answers('<Rating name="stars" toName="text"/>'),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'Rating' }).answer(4)],
  },
  {
    name: 'number',
    config: answers('<Number name="count" toName="text" min="0" max="20"/>'),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'Number' }).answer(12.5)],
  },
  {
    name: 'date',
    config: answers('<DateTime name="day" toName="text" only="date"/>'),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'DateTime' }).answer('2026-03-02')],
  },
  {
    name: 'text area',
    config: answers('<TextArea name="answer" toName="text"/>'),
    data: { text },
    regions: (labeling) => [controlOf(labeling, { control: 'TextArea' }).answer(['one', 'two'])],
  },
  {
    name: 'pairwise',
    config:
      '<View><Text name="a" value="$a"/><Text name="b" value="$b"/><Pairwise name="better" toName="a,b"/></View>',
    data: { a: 'this', b: 'that' },
    regions: (labeling) => [controlOf(labeling, { control: 'Pairwise' }).answer('left')],
  },
  {
    name: 'ranker',
    config: '<View><List name="results" value="$items"/><Ranker name="rank" toName="results"/></View>',
    data: {
      items: [
        { id: 'wiki', title: 'Wiki', body: '' },
        { id: 'mdn', title: 'MDN', body: '' },
      ],
    },
    regions: (labeling) => [controlOf(labeling, { control: 'Ranker' }).answer(['mdn', 'wiki'])],
  },
  {
    name: 'chat',
    config: '<View><Chat name="chat" value="$messages"/></View>',
    data: { messages: [{ role: 'user', content: 'Hi' }] },
    regions: (labeling) => [
      controlOf(labeling, { control: 'Chat' }).answer({
        role: 'assistant',
        content: 'Hello',
        createdAt: 1_757_612_363_718,
      }),
    ],
  },
]
