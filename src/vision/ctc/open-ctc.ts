import { dirname } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { createNormalization } from '../../image/tensor.ts'
import type { Session } from '../../onnx/session.ts'
import type { OpenModel } from '../../registry/models.ts'
import { describeModel } from '../describe-model.ts'
import { readMmdeployPipeline } from '../mmdeploy/read-pipeline.ts'
import { manifestRecipe } from './manifest-recipe.ts'
import { mmocrRecipe } from './mmocr-recipe.ts'
import { ppocrRecipe } from './ppocr-recipe.ts'
import type { CtcModel } from './read-lines.ts'
import type { CtcRecipe, CtcRecipeOptions } from './recipe.ts'
import { runEmpty } from './run-ctc.ts'

const CPU_BATCH = 6
const GPU_BATCH = 32

/** What is higher than this is a picture and no line of text. */
const MAX_HEIGHT = 128

const PROBE_WIDTH = 320

/**
 * The family of a recognizer is seen from the model: its manifest, MMDeploy's `pipeline.json` beside it, or the layout
 * of PaddleOCR. A manifest may leave the recipe to the latter two.
 *
 * @throws LsmlError INVALID_MODEL, MODEL_FAILED
 */
export async function openCtc(
  model: OpenModel,
  options: CtcRecipeOptions & { readonly batchSize?: number | undefined },
): Promise<CtcModel> {
  const name = model.name
  const recipe = await chooseRecipe(model, options)
  const batch = model.session.inputs[0]?.shape?.[0]
  const fixedBatch = typeof batch === 'number'
  return {
    name,
    session: model.session,
    recipe,
    normalization: createNormalization(recipe.format),
    alphabet: recipe.alphabet(await countClasses(model.session, name, recipe)),
    batchSize: fixedBatch ? batch : (options.batchSize ?? (isGpu(model.device) ? GPU_BATCH : CPU_BATCH)),
    fixedBatch,
  }
}

/** Servers join requests by themselves, and lines of one run are padded to the widest. */
function isGpu(device: string): boolean {
  return /^(cuda|tensorrt|webgpu)/.test(device)
}

async function chooseRecipe(model: OpenModel, options: CtcRecipeOptions): Promise<CtcRecipe> {
  const { manifest } = model
  const isWritten =
    manifest !== undefined && (manifest.family !== 'ctc' || Object.keys(manifest.preprocess).length > 0)
  const written = isWritten ? await manifestRecipe(model, manifest, options) : undefined
  checkLayout(model)
  if (written !== undefined) return written
  const pipeline = await readMmdeployPipeline(dirname(model.file))
  if (pipeline !== undefined) return mmocrRecipe(model, pipeline, options)
  return ppocrRecipe(model, await ppocrHeight(model.session, model.file), options)
}

function checkLayout({ session, file }: OpenModel): void {
  const [input, output] = [session.inputs[0], session.outputs[0]]
  const [, planes, height] = input?.shape ?? []
  const isRecognizer =
    session.inputs.length === 1 &&
    session.outputs.length === 1 &&
    input?.type === 'float32' &&
    (input.shape?.length ?? 4) === 4 &&
    (output?.shape?.length ?? 3) === 3 &&
    (typeof planes !== 'number' || planes === 1 || planes === 3) &&
    (typeof height !== 'number' || height <= MAX_HEIGHT)
  if (isRecognizer) return
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` is no recognizer of text that lsml knows: ${describeModel(session)}. One takes lines as float32 [lines, 1 or 3, height, width] and gives CTC classes as [lines, steps, classes], such as PaddleOCR's, MMOCR's CRNN exported by MMDeploy, or any described by a \`manifest.json\` of the family \`ctc\` beside it.`,
  )
}

/** As the model says, or else from a run of it on an empty line. */
async function countClasses(session: Session, name: string, recipe: CtcRecipe): Promise<number> {
  const [lines] = session.inputs[0]?.shape ?? []
  const declared = session.outputs[0]?.shape?.[2]
  if (typeof declared === 'number') return declared
  const planes = recipe.format.order === 'gray' ? 1 : 3
  const dims = [typeof lines === 'number' ? lines : 1, planes, recipe.height, recipe.tensorWidth(PROBE_WIDTH)]
  return (await runEmpty(session, name, dims)).classes
}

/**
 * PaddleOCR's recognizers take lines 32 rows high up to PP-OCRv2 and 48 since PP-OCRv3, and give nonsense for others.
 * Exports that leave the height open are told apart by their steps: the older ones make one of 4 columns, the newer of 8.
 */
async function ppocrHeight(session: Session, name: string): Promise<number> {
  const [lines, , height] = session.inputs[0]?.shape ?? []
  if (typeof height === 'number') return height
  try {
    const { steps } = await runEmpty(session, name, [
      typeof lines === 'number' ? lines : 1,
      3,
      32,
      PROBE_WIDTH,
    ])
    return steps >= PROBE_WIDTH / 5 ? 32 : 48
  } catch {
    return 48
  }
}
