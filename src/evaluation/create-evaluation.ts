import type { ControlTag, LabelingConfig } from '../labeling/config.ts'
import { createChoiceMetric, createSpanMetric, type LabelReport } from './label-metric.ts'
import type { Metric, Result, Verdict } from './metric.ts'
import { createObjectMetric, type ObjectReport } from './object-metric.ts'
import { createTextMetric, type TextReport } from './text-metric.ts'

/** How good predictions are, in the numbers that the labeling config calls for. */
export interface EvaluationReport {
  readonly tasks: number
  /** Of things on pictures. */
  readonly objects: readonly ObjectReport[]
  /** Of texts on pictures. */
  readonly texts: readonly TextReport[]
  /** Of `Choices` and `Taxonomy` about whole tasks. */
  readonly choices: readonly LabelReport[]
  /** Of labels of parts of texts. */
  readonly spans: readonly LabelReport[]
}

export interface Evaluation {
  /** Control tags that are not compared, such as a rating. */
  readonly passedOver: readonly string[]
  /**
   * Compares one task.
   *
   * @returns how it came out: the mean over what there is to compare; 1 where there is nothing, in truth and found
   * @throws LsmlError INVALID_REQUEST for the mask of a brush that cannot be read
   */
  add(truth: Result, found: Result): Verdict
  report(): EvaluationReport
}

const SHAPES = /^(rectangle|polygon|ellipse|brush|bitmask|vector|magicwand)(labels)?$/i
const CHOICES = /^(choices|taxonomy)$/i
const SPANS = /^(labels|hypertextlabels|paragraphlabels)$/i
const TEXTS: ReadonlySet<string> = new Set(['Text', 'HyperText', 'Paragraphs'])

/**
 * Measures predictions by what people answered: pictures whose regions have texts by H-mean and character error rate,
 * others by mean average precision, choices and spans by F1.
 *
 * @example
 * async evaluate({ labeling, tasks, predict }) {
 *   const evaluation = createEvaluation(labeling)
 *   for await (const task of tasks()) {
 *     const [prediction] = await predict([task])
 *     evaluation.add(task.annotations[0]?.result ?? [], prediction?.result ?? [])
 *   }
 *   return { f1: evaluation.report().choices[0]?.rates.f1 ?? 0 }
 * }
 */
export function createEvaluation({ controls, objects }: LabelingConfig): Evaluation {
  const images = objects.filter(({ type }) => type === 'Image').map(({ name }) => name)
  const on = (name: string, fits: (control: ControlTag) => boolean) =>
    controls.some((control) => control.toName.includes(name) && fits(control))
  const shown = images.filter((name) => on(name, ({ type }) => SHAPES.test(type)))
  const read = shown.filter((name) => on(name, isTextOfRegion))
  const metrics = {
    objects: shown.filter((name) => !read.includes(name)).map(createObjectMetric),
    texts: read.map(createTextMetric),
    choices: controls
      .filter(({ type, perRegion }) => CHOICES.test(type) && !perRegion)
      .map(createChoiceMetric),
    spans: controls.filter(isOfSpans).map(createSpanMetric),
  }
  const all: readonly Metric<unknown>[] = Object.values(metrics).flat()
  let tasks = 0
  return {
    passedOver: controls.filter((control) => !isCompared(control)).map(({ type, name }) => `${type} ${name}`),
    add(truth, found) {
      tasks++
      const verdicts = all.map((metric) => metric.add(truth, found)).filter((each) => each !== undefined)
      if (verdicts.length === 0) return { quality: 1, says: 'nothing there, and nothing found' }
      return {
        quality: verdicts.reduce((sum, { quality }) => sum + quality, 0) / verdicts.length,
        says: verdicts.map(({ says }) => says).join('; '),
      }
    },
    report: () => ({
      tasks,
      objects: metrics.objects.map((metric) => metric.report()),
      texts: metrics.texts.map((metric) => metric.report()),
      choices: metrics.choices.map((metric) => metric.report()),
      spans: metrics.spans.map((metric) => metric.report()),
    }),
  }
}

function isTextOfRegion({ type, perRegion }: ControlTag): boolean {
  return /^textarea$/i.test(type) && perRegion
}

function isOfSpans({ type, objects }: ControlTag): boolean {
  return SPANS.test(type) && objects.some((object) => TEXTS.has(object.type))
}

function isCompared(control: ControlTag): boolean {
  const { type, perRegion, objects } = control
  const isOnImage = objects.some((object) => object.type === 'Image')
  if (isOnImage && (SHAPES.test(type) || /^labels$/i.test(type) || isTextOfRegion(control))) return true
  return (CHOICES.test(type) && !perRegion) || isOfSpans(control)
}
