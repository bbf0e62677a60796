import type { Quad } from '../../geometry/point.ts'
import type { Image } from '../../image/image.ts'
import type { Normalization } from '../../image/tensor.ts'
import type { Session } from '../../onnx/session.ts'
import { cropSize, growQuad, isArea, lineToTensor } from '../line-crop.ts'
import { planBatches } from './batches.ts'
import { findCandidates, type TextCandidates } from './candidates.ts'
import { type Alphabet, type CtcText, decodeCtc, isProbabilities } from './decode.ts'
import type { CtcRecipe } from './recipe.ts'
import { runCtc } from './run-ctc.ts'

/** A CTC model ready to read. */
export interface CtcModel {
  readonly name: string
  readonly session: Session
  readonly recipe: CtcRecipe
  readonly normalization: Normalization
  readonly alphabet: Alphabet
  /** Lines in one run. */
  readonly batchSize: number
  /** Every run has that many, used or not. */
  readonly fixedBatch: boolean
}

interface Line {
  /** Its place among the quads. */
  readonly index: number
  readonly quad: Quad
  readonly width: number
}

/** A line as it is read step by step, and where they are asked for what else it may say. */
export interface ReadText extends CtcText {
  readonly candidates: TextCandidates | undefined
}

export interface ReadLinesOptions {
  readonly withCandidates: boolean
}

const NOTHING: ReadText = { text: '', score: 0, candidates: undefined }

/** The text of each quad, in order. Crops go from the page straight into the tensor of their batch. */
export async function readLines(
  model: CtcModel,
  image: Image,
  quads: readonly Quad[],
  options: ReadLinesOptions,
): Promise<readonly ReadText[]> {
  const { recipe, batchSize } = model
  const lines = quads.flatMap((quad, index) => (isArea(quad) ? [toLine(quad, index, recipe)] : []))
  const batches = planBatches(
    lines.map(({ width }) => width),
    { size: batchSize, minWidth: recipe.tensorWidth(1), equalWidths: recipe.equalWidths },
  ).map((batch) => batch.map((at) => lines[at] as Line))
  const sizes = batches.map((batch) => runRows(model, batch) * lineFloats(model, batch))
  const buffer = new Float32Array(Math.max(0, ...sizes))
  const texts = quads.map(() => NOTHING)
  for (const batch of batches) await readBatch(model, image, batch, buffer, texts, options)
  return texts
}

function toLine(quad: Quad, index: number, { margin, lineWidth }: CtcRecipe): Line {
  const grown = margin === undefined ? quad : growQuad(quad, margin)
  return { index, quad: grown, width: lineWidth(cropSize(grown)) }
}

function tensorWidth({ recipe }: CtcModel, batch: readonly Line[]): number {
  return recipe.tensorWidth(Math.max(...batch.map(({ width }) => width)))
}

function runRows({ fixedBatch, batchSize }: CtcModel, batch: readonly Line[]): number {
  return fixedBatch ? batchSize : batch.length
}

function lineFloats(model: CtcModel, batch: readonly Line[]): number {
  return model.normalization.planes * model.recipe.height * tensorWidth(model, batch)
}

async function readBatch(
  model: CtcModel,
  image: Image,
  batch: readonly Line[],
  buffer: Float32Array,
  texts: ReadText[],
  { withCandidates }: ReadLinesOptions,
): Promise<void> {
  const { recipe, normalization, session } = model
  const width = tensorWidth(model, batch)
  const floats = lineFloats(model, batch)
  const rows = runRows(model, batch)
  batch.forEach((line, at) => {
    const block = { data: buffer, offset: at * floats, width, height: recipe.height }
    lineToTensor(image, line.quad, line.width, recipe.height, normalization, block, recipe.padding)
  })
  const { data, steps, classes } = await runCtc(session, model.name, {
    data: buffer.subarray(0, rows * floats),
    dims: [rows, normalization.planes, recipe.height, width],
  })
  const probabilities = recipe.probabilities ?? isProbabilities(data, 0, classes)
  batch.forEach((line, at) => {
    const read = recipe.cutPadding ? Math.ceil((steps * line.width) / width) : steps
    const output = { data, offset: at * steps * classes, steps: read, classes }
    const candidates = withCandidates ? findCandidates(output, model.alphabet, probabilities) : undefined
    texts[line.index] = { ...decodeCtc(output, model.alphabet, probabilities), candidates }
  })
}
