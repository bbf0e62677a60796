import type { Quad } from '../geometry/point.ts'
import type { Image } from '../image/image.ts'
import type { Models } from '../registry/models.ts'
import type { TextCandidates } from './ctc/candidates.ts'
import { openCtc } from './ctc/open-ctc.ts'
import { readLines, type ReadText } from './ctc/read-lines.ts'
import type { CtcRecipeOptions } from './ctc/recipe.ts'
import { waysToRead } from './line-crop.ts'
import { checkpointError, isCheckpoint } from './mmdeploy/export-command.ts'
import type { TextOrientation } from './text-orientation.ts'

export interface RecognizedText {
  readonly text: string
  /** Mean probability of the characters, from 0 to 1; 0 for an empty text. */
  readonly score: number
  /** The corners that were given, beginning at the top left one as the text was read. */
  readonly quad: Quad
  /** What else the line may say; with the option `candidates` only, and not of a quad without an area. */
  readonly candidates?: TextCandidates
}

export interface TextRecognizer {
  readonly name: string
  /** The device that was taken, such as `cuda:0`. */
  readonly device: string
  /**
   * The text of each quad, in the order of the quads; none of a quad without an area. What is tall is read turned by a
   * quarter, and also as it stands when it may be a single letter: the better score counts.
   */
  recognize(image: Image, quads: readonly Quad[]): Promise<readonly RecognizedText[]>
}

export interface TextRecognizerOptions extends CtcRecipeOptions {
  /** Lines in one run. A batch axis that is fixed is obeyed. @default 6, and 32 on a GPU */
  readonly batchSize?: number | undefined
  /** @default the one that the server was started with */
  readonly device?: string | undefined
  /** MMOCR's config, for the command that exports a checkpoint. */
  readonly config?: string | undefined
  /** Turns lines that stand on their head. @default none: they are read as they stand */
  readonly orientation?: TextOrientation | undefined
  /**
   * Reads a line once more, from its candidates: what was learnt of a project's texts. The score stays that of the
   * recognizer, and a line in which it sees nothing stays empty.
   */
  readonly rescore?: ((candidates: TextCandidates) => string) | undefined
  /** Whether texts come with their candidates, to learn from. @default false */
  readonly candidates?: boolean | undefined
}

/**
 * Opens a recognizer of lines: one that ships or whose manifest says `ctc`, one of PaddleOCR, or one of MMOCR as
 * MMDeploy exports it.
 *
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE
 *
 * @example
 * const recognizer = await openTextRecognizer(ctx.models, 'text-recognizer')
 * const [line] = await recognizer.recognize(image, [[[10, 10], [200, 10], [200, 40], [10, 40]]])
 */
export async function openTextRecognizer(
  models: Models,
  nameOrPath: string,
  options: TextRecognizerOptions = {},
): Promise<TextRecognizer> {
  const { orientation, config, rescore, candidates: withCandidates = false } = options
  if (isCheckpoint(nameOrPath))
    throw checkpointError({ task: 'text-recognition', config, checkpoint: nameOrPath })
  const model = await models.open(nameOrPath, { device: options.device })
  const ctc = await openCtc(model, options)
  return {
    name: ctc.name,
    device: model.device,
    async recognize(image, quads) {
      const ways = quads.flatMap((quad, index) => waysToRead(quad).map((way) => ({ index, quad: way })))
      const upright = ways.map(({ quad }) => quad)
      const turned = orientation === undefined ? upright : await orientation.orient(image, upright)
      const texts = await readLines(ctc, image, turned, {
        withCandidates: withCandidates || rescore !== undefined,
      })
      const best: (ReadText & { readonly quad: Quad })[] = []
      for (const [way, text] of texts.entries()) {
        const index = ways[way]?.index ?? 0
        if (text.score >= (best[index]?.score ?? 0)) best[index] = { ...text, quad: turned[way] as Quad }
      }
      return best.map(({ text: first, score, quad, candidates }): RecognizedText => {
        const isReadAgain = rescore !== undefined && candidates !== undefined && first !== ''
        const text = isReadAgain ? rescore(candidates) : first
        return withCandidates && candidates !== undefined
          ? { text, score, quad, candidates }
          : { text, score, quad }
      })
    },
  }
}
