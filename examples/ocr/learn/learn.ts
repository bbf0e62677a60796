import { findTextControls, type FitContext, newSubmissions } from '../../../src/index.ts'
import {
  calibrateThreshold,
  learnTexts,
  rememberedTexts,
  type ReviewedTexts,
  updateTextMemory,
} from '../../../src/learning/index.ts'
import { openReader } from '../open-reader.ts'
import type { OcrParams } from '../params.ts'
import { review } from './review.ts'
import { basisOf, readState, type TrainOutput } from './state.ts'

/** Boxes of a lower score are not looked at: `min_text_score` of MMOCR. */
const LOWEST_BOX_SCORE = 0.3

/**
 * Learns from what people submitted: from texts how lines are read, from boxes that they added and deleted the score that
 * a box needs. It joins what came before, and nothing changes that is not better on annotations that were held out.
 *
 * @returns undefined when nothing new came
 */
export async function learnFrom(context: FitContext<OcrParams>): Promise<TrainOutput | undefined> {
  const { labeling, params, media, signal, log, previous } = context
  const controls = findTextControls(labeling, params.shape)
  const { memory: before } = readState(previous.trainOutput, params)
  const { submitted, gone } = await newSubmissions(
    context,
    before.reviews.map(({ id }) => id),
  )
  if (submitted.length === 0 && !before.reviews.some(({ id }) => gone.includes(id))) return undefined
  const { boxThreshold: base } = (await openReader(context)).detector
  const boxThreshold = Math.min(base, LOWEST_BOX_SCORE)
  const reader = await openReader(context, { boxThreshold, candidates: true })
  const add: ReviewedTexts[] = []
  for (const [index, submission] of submitted.entries()) {
    signal.throwIfAborted()
    context.progress(index / submitted.length, `Annotation ${index + 1} of ${submitted.length}`)
    const { id, task } = submission
    const open = (value: unknown) => media.image(value, { task, signal })
    try {
      const { changes, ...reviewed } = await review(submission, { controls, reader, open })
      log.debug(`Annotation ${id}`, changes)
      add.push(reviewed)
    } catch (error) {
      if (signal.aborted) throw error
      log.warn(`Nothing is learnt from annotation ${id}: ${String(error)}`)
    }
  }
  const memory = updateTextMemory(before, { add, remove: gone })
  if (memory === before) return undefined

  const reviews = rememberedTexts(memory)
  const { weights, errorRate } = learnTexts(reviews.map(({ lines }) => lines))
  const evidence = reviews.flatMap(({ boxes }) => boxes ?? [])
  const learnt = calibrateThreshold(evidence, { base, lowest: boxThreshold })
  log.info(
    `Learnt from ${reviews.length} annotations: of 1000 characters ${perMille(errorRate.before)} wrong before, ${perMille(errorRate.after)} after`,
    { weights, boxThreshold: learnt ?? base },
  )
  return {
    basis: basisOf(params),
    ...(weights !== undefined && { weights }),
    ...(learnt !== undefined && { boxThreshold: { learnt: Number(learnt.toFixed(4)), insteadOf: base } }),
    memory,
    metrics: { characterAccuracy: Number((1 - errorRate.after).toFixed(4)) },
  }
}

function perMille(share: number): string {
  return (share * 1000).toFixed(1)
}
