import type { SetupContext } from '../../../src/index.ts'
import { fitTextRescorer, rememberedTexts } from '../../../src/learning/index.ts'
import { openReader, type Reader } from '../open-reader.ts'
import type { OcrParams } from '../params.ts'
import { readState } from './state.ts'

/** A reader that reads as was learnt. */
export async function openLearntReader(context: SetupContext<OcrParams>): Promise<Reader> {
  const { params, trainOutput } = context
  const { weights, boxThreshold, memory } = readState(params.learn ? trainOutput : undefined, params)
  const rescore = weights && fitTextRescorer(rememberedTexts(memory).flatMap(({ lines }) => lines))(weights)
  const reader = await openReader(context, { rescore })
  // A threshold that was set since goes before one that was learnt instead of another.
  return boxThreshold?.insteadOf === reader.detector.boxThreshold
    ? openReader(context, { rescore, boxThreshold: boxThreshold.learnt })
    : reader
}
