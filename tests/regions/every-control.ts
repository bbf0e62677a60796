import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import type { Region, Relation, ResultItem } from '../../src/protocol/result.ts'

/** A labeling config with one control of each kind that Label Studio's result format knows. */
export const everyControlXml = `<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image"><Label value="Car"/></RectangleLabels>
  <PolygonLabels name="p" toName="image"><Label value="Car"/></PolygonLabels>
  <EllipseLabels name="e" toName="image"><Label value="Car"/></EllipseLabels>
  <KeyPointLabels name="k" toName="image"><Label value="Nose"/></KeyPointLabels>
  <BrushLabels name="b" toName="image"><Label value="Car"/></BrushLabels>
  <BitmaskLabels name="bm" toName="image"><Label value="Car"/></BitmaskLabels>
  <VectorLabels name="v" toName="image"><Label value="Road"/></VectorLabels>
  <Rectangle name="bbox" toName="image"/>
  <Labels name="kind" toName="image"><Label value="Text"/></Labels>
  <TextArea name="transcription" toName="image" perRegion="true"/>
  <Text name="text" value="$text"/>
  <Labels name="ner" toName="text"><Label value="PER"/></Labels>
  <Choices name="choice" toName="text"><Choice value="Positive"/><Choice value="Negative" alias="neg"/></Choices>
  <Taxonomy name="tax" toName="text"><Choice value="Eukarya"><Choice value="Animals"/></Choice><Choice value="Bacteria"/></Taxonomy>
  <Rating name="stars" toName="text"/>
  <Number name="num" toName="text"/>
  <DateTime name="date" toName="text"/>
  <TextArea name="answer" toName="text"/>
  <HyperText name="html" value="$html"/>
  <HyperTextLabels name="hl" toName="html"><Label value="PER"/></HyperTextLabels>
  <Paragraphs name="dialog" value="$dialog"/>
  <ParagraphLabels name="pl" toName="dialog"><Label value="Greeting"/></ParagraphLabels>
  <Audio name="audio" value="$audio"/>
  <Labels name="al" toName="audio"><Label value="Speech"/></Labels>
  <TextArea name="speech" toName="audio" perRegion="true"/>
  <TimeSeries name="ts" value="$ts"/>
  <TimeSeriesLabels name="tsl" toName="ts"><Label value="Run"/></TimeSeriesLabels>
  <Video name="video" value="$video"/>
  <VideoRectangle name="box" toName="video"/>
  <Labels name="videoLabels" toName="video"><Label value="Car"/></Labels>
  <TimelineLabels name="tl" toName="video"><Label value="Moving"/></TimelineLabels>
  <Text name="a" value="$a"/><Text name="z" value="$z"/>
  <Pairwise name="pw" toName="a,z"/>
  <List name="results" value="$items"/>
  <Ranker name="rank" toName="results"/>
  <Chat name="chat" value="$messages"/>
</View>`
export const everyControl = parseLabelingConfig(everyControlXml)

const page = { original_width: 864, original_height: 1296, image_rotation: 0 } as const
const word = { x: 48.93, y: 61.33, width: 9.73, height: 2.84, rotation: 0 }
const clip = { start: 0.5, end: 2.25, channel: 0 }
const html = { start: '/div[1]/p[1]/text()[1]', end: '/div[1]/p[1]/text()[1]', startOffset: 0, endOffset: 4 }

/** From the first rectangle to the first polygon. */
export const relation: Relation = {
  type: 'relation',
  from_id: 'rect1',
  to_id: 'poly1',
  direction: 'right',
  labels: ['belongs to'],
}

/** What Label Studio accepts for them: the examples of its documentation, which its SDK 2.1.3 validates. */
export const validItems: Readonly<Record<string, ResultItem>> = {
  rectanglelabels: {
    id: 'rect1',
    from_name: 'label',
    to_name: 'image',
    type: 'rectanglelabels',
    ...page,
    score: 0.91,
    value: { x: 10, y: 20, width: 30, height: 5, rotation: 0, rectanglelabels: ['Car'] },
  },
  polygonlabels: {
    id: 'poly1',
    from_name: 'p',
    to_name: 'image',
    type: 'polygonlabels',
    ...page,
    value: {
      points: [
        [10, 10],
        [40, 10],
        [40, 30],
      ],
      closed: true,
      polygonlabels: ['Car'],
    },
  },
  ellipselabels: {
    id: 'ell1',
    from_name: 'e',
    to_name: 'image',
    type: 'ellipselabels',
    ...page,
    value: { x: 50, y: 50, radiusX: 12.5, radiusY: 5, rotation: 0, ellipselabels: ['Car'] },
  },
  keypointlabels: {
    id: 'kp1',
    from_name: 'k',
    to_name: 'image',
    type: 'keypointlabels',
    ...page,
    value: { x: 42.1, y: 33.8, width: 0.3, keypointlabels: ['Nose'] },
  },
  brushlabels: {
    id: 'br1',
    from_name: 'b',
    to_name: 'image',
    type: 'brushlabels',
    original_width: 2,
    original_height: 2,
    image_rotation: 0,
    value: { format: 'rle', rle: [0, 0, 0, 16, 57, 27, 252, 96, 19, 255, 198, 0], brushlabels: ['Car'] },
  },
  bitmasklabels: {
    id: 'bm1',
    from_name: 'bm',
    to_name: 'image',
    type: 'bitmasklabels',
    original_width: 2,
    original_height: 2,
    image_rotation: 0,
    value: { imageDataURL: 'data:image/png;base64,iVBORw0KGgo=', bitmasklabels: ['Car'] },
  },
  vectorlabels: {
    id: 'vec1',
    from_name: 'v',
    to_name: 'image',
    type: 'vectorlabels',
    ...page,
    value: {
      vertices: [
        { id: 'p1', x: 25, y: 30, prevPointId: null, isBezier: false },
        { id: 'p2', x: 75, y: 70, prevPointId: 'p1', isBezier: true, controlPoint1: { x: 50, y: 40 } },
      ],
      closed: false,
      vectorlabels: ['Road'],
    },
  },
  rectangle: {
    id: 'bb1',
    from_name: 'bbox',
    to_name: 'image',
    type: 'rectangle',
    ...page,
    value: word,
  },
  'labels on an image': {
    id: 'bb1',
    from_name: 'kind',
    to_name: 'image',
    type: 'labels',
    ...page,
    value: { ...word, labels: ['Text'] },
  },
  'textarea of a region': {
    id: 'bb1',
    from_name: 'transcription',
    to_name: 'image',
    type: 'textarea',
    ...page,
    score: 0.88,
    value: { ...word, text: ['TOTAL'] },
  },
  'labels on a text': {
    id: 'ner1',
    from_name: 'ner',
    to_name: 'text',
    type: 'labels',
    score: 0.7,
    value: { start: 0, end: 4, text: 'John', labels: ['PER'] },
  },
  hypertextlabels: {
    id: 'ht1',
    from_name: 'hl',
    to_name: 'html',
    type: 'hypertextlabels',
    value: { ...html, globalOffsets: { start: 0, end: 4 }, text: 'John', hypertextlabels: ['PER'] },
  },
  paragraphlabels: {
    id: 'pg1',
    from_name: 'pl',
    to_name: 'dialog',
    type: 'paragraphlabels',
    value: {
      start: '0',
      end: '0',
      startOffset: 0,
      endOffset: 5,
      text: 'Hello',
      paragraphlabels: ['Greeting'],
    },
  },
  'labels on a sound': {
    id: 'au1',
    from_name: 'al',
    to_name: 'audio',
    type: 'labels',
    original_length: 12.5,
    value: { ...clip, labels: ['Speech'] },
  },
  'textarea of a sound': {
    id: 'au1',
    from_name: 'speech',
    to_name: 'audio',
    type: 'textarea',
    original_length: 12.5,
    value: { ...clip, text: ['hello there'] },
  },
  timeserieslabels: {
    id: 'ts1',
    from_name: 'tsl',
    to_name: 'ts',
    type: 'timeserieslabels',
    value: { start: 1592250751951, end: 1592250760012, instant: false, timeserieslabels: ['Run'] },
  },
  videorectangle: {
    id: 'vid1',
    from_name: 'box',
    to_name: 'video',
    type: 'videorectangle',
    value: {
      framesCount: 250,
      duration: 10,
      labels: ['Car'],
      sequence: [
        { frame: 1, time: 0.04, enabled: true, rotation: 0, x: 10, y: 10, width: 20, height: 20 },
        { frame: 50, time: 2, enabled: false, rotation: 0, x: 30, y: 10, width: 20, height: 20 },
      ],
    },
  },
  timelinelabels: {
    id: 'tl1',
    from_name: 'tl',
    to_name: 'video',
    type: 'timelinelabels',
    value: { ranges: [{ start: 10, end: 60 }], timelinelabels: ['Moving'] },
  },
  choices: answer('c1', 'choice', 'choices', { choices: ['Positive'] }),
  taxonomy: answer('tx1', 'tax', 'taxonomy', { taxonomy: [['Eukarya', 'Animals'], ['Bacteria']] }),
  rating: answer('ra1', 'stars', 'rating', { rating: 4 }),
  number: answer('nu1', 'num', 'number', { number: 12.5 }),
  datetime: answer('dt1', 'date', 'datetime', { datetime: '2026-03-02' }),
  textarea: answer('ta1', 'answer', 'textarea', { text: ['free text'] }),
  pairwise: { ...answer('pw1', 'pw', 'pairwise', { selected: 'left' }), to_name: 'a' },
  ranker: { ...answer('rk1', 'rank', 'ranker', { ranker: { rank: ['mdn', 'wiki'] } }), to_name: 'results' },
  chatmessage: {
    ...answer('ch1', 'chat', 'chatmessage', { chatmessage: { role: 'assistant', content: 'Hi' } }),
    to_name: 'chat',
  },
  relation: {
    type: 'relation',
    from_id: 'rect1',
    to_id: 'poly1',
    direction: 'right',
    labels: ['belongs to'],
  },
}

function answer(id: string, from_name: string, type: string, value: Readonly<Record<string, unknown>>) {
  return { id, from_name, to_name: 'text', type, value }
}

/** One of them by its name. */
export function item(name: string): Region {
  const found = validItems[name]
  if (found === undefined || !('value' in found)) throw new Error(`There is no item ${name}.`)
  return found
}

/** The same with other keys in its value; undefined is as good as absent. */
export function changed(name: string, value: Readonly<Record<string, unknown>>): Region {
  const found = item(name)
  return { ...found, value: { ...found.value, ...value } }
}

export function without(name: string, key: string): Region {
  return Object.fromEntries(Object.entries(item(name)).filter(([own]) => own !== key)) as unknown as Region
}
