import type { BackendContext } from '../../src/index.ts'
import {
  createPageReader,
  openTextDetector,
  openTextOrientation,
  openTextRecognizer,
  type PageReader,
  type TextDetector,
  type TextRecognizer,
  type TextRecognizerOptions,
} from '../../src/vision/index.ts'
import type { OcrParams } from './params.ts'

export interface Reader {
  readonly detector: TextDetector
  readonly recognizer: TextRecognizer
  readonly pages: PageReader
}

export interface ReaderOptions extends Pick<TextRecognizerOptions, 'rescore' | 'candidates'> {
  /** @default what the parameters say, or else the model's own */
  readonly boxThreshold?: number | undefined
}

/** The models that the parameters name, put together. */
export async function openReader(
  { params, models }: Pick<BackendContext<OcrParams>, 'params' | 'models'>,
  options: ReaderOptions = {},
): Promise<Reader> {
  const { device } = params
  const detector = await openTextDetector(models, params.detCkpt, {
    device,
    config: params.detConfig,
    threshold: params.mapThreshold,
    boxThreshold: options.boxThreshold ?? params.boxThreshold,
    unclipRatio: params.unclipRatio,
    shortSide: params.shortSide,
    longSide: params.longSide,
  })
  const orientation = params.clsCkpt
    ? await openTextOrientation(models, params.clsCkpt, { device })
    : undefined
  const recognizer = await openTextRecognizer(models, params.recogCkpt, {
    device,
    config: params.recogConfig,
    dictionary: params.recogDict,
    orientation,
    rescore: options.rescore,
    candidates: options.candidates,
  })
  const pages = createPageReader({ detector, recognizer, textThreshold: params.textThreshold })
  return { detector, recognizer, pages }
}
