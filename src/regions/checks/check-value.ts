import * as answer from './answer-values.ts'
import { all, type Check, type Fault, type Subject, type Value } from './check.ts'
import { checkLabels } from './check-labels.ts'
import * as image from './image-values.ts'
import { notJson } from './not-json.ts'
import * as span from './span-values.ts'

/** `Labels` are on texts, sounds and images: what their values are depends on the object. */
const labelsOnObject: Check = (value, subject) => {
  const object = subject.object?.type.toLowerCase()
  if (object === 'image') return image.anyGeometry(value, subject)
  if (object === 'hypertext') return span.hypertextSpan(value, subject)
  return object === 'text' || object === 'audio' ? span.span(value, subject) : undefined
}

/** Answers may belong to a region of an image: then they repeat its geometry. */
const onAnyRegion = (check: Check) => all(check, image.anyGeometry)

/**
 * What the `value` of each type of result must be. Older SDKs' validation refuses every `bitmasklabels` and
 * `timelinelabels`, for which they have no class; Label Studio itself reads them, so they pass here.
 */
const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries<Check>({
    rectangle: image.rectangle,
    rectanglelabels: image.rectangle,
    ocrlabels: image.rectangle,
    polygon: image.polygon,
    polygonlabels: image.polygon,
    ellipse: image.ellipse,
    ellipselabels: image.ellipse,
    keypoint: image.keypoint,
    keypointlabels: image.keypoint,
    brush: image.brush,
    brushlabels: image.brush,
    magicwand: image.brush,
    bitmask: image.bitmask,
    bitmasklabels: image.bitmask,
    vector: image.vector,
    vectorlabels: image.vector,
    videorectangle: image.videoRectangle,
    labels: labelsOnObject,
    hypertextlabels: span.hypertextSpan,
    paragraphlabels: span.nodeSpan,
    timeserieslabels: span.timeSeriesSpan,
    timelinelabels: span.timeline,
    choices: onAnyRegion(answer.choices),
    textarea: onAnyRegion(answer.textArea),
    taxonomy: onAnyRegion(answer.taxonomy),
    rating: onAnyRegion(answer.rating),
    number: onAnyRegion(answer.number),
    datetime: onAnyRegion(answer.dateTime),
    pairwise: answer.pairwise,
    ranker: answer.ranker,
    chatmessage: answer.chatMessage,
  }),
)

/** Types that make a region of their own, rather than say something about one or about the task. `labels` may be either. */
const SHAPELESS: ReadonlySet<string> = new Set([
  'labels',
  'choices',
  'textarea',
  'taxonomy',
  'rating',
  'number',
  'datetime',
  'pairwise',
  'ranker',
  'chatmessage',
])

export function makesRegion(type: string): boolean {
  return CHECKS.has(type) && !SHAPELESS.has(type)
}

/** Types of tags that lsml does not know are only asked to be JSON. */
export function checkValue(value: Value, subject: Subject): Fault | undefined {
  return notJson(value, 'value') ?? CHECKS.get(subject.type)?.(value, subject) ?? checkLabels(value, subject)
}
