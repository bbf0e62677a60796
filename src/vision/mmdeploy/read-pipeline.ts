import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { toError } from '../../errors.ts'
import type { TensorFormat } from '../../image/tensor.ts'
import { frameOfTransforms } from './frame-of-transforms.ts'
import { invalidFile, parseFields } from './parse-fields.ts'
import { type MmdeployTransform, TRANSFORMS } from './transforms.ts'

/** What MMDeploy writes beside `end2end.onnx` of how to use it. */
export interface MmdeployPipeline {
  /** Absolute path of the `pipeline.json`. */
  readonly file: string
  readonly task: 'text-detection' | 'text-recognition' | 'other'
  /** In the order in which they are applied; see `frameOfTransforms`. */
  readonly transforms: readonly MmdeployTransform[]
  /** Colours and normalisation of the tensor, in units of the pixels, 0 to 255. */
  readonly format: TensorFormat
  /** Such as `DBHead` or `CTCConvertor`, with its parameters as they stand in the file. */
  readonly postprocess: { readonly component: string; readonly params: Readonly<Record<string, unknown>> }
  /** Absolute path of the dictionary of a recognizer, when one is named. */
  readonly dictFile: string | undefined
}

const record = z.record(z.string(), z.unknown())
const preprocessSchema = z.object({
  module: z.literal('Transform'),
  transforms: z.array(z.looseObject({ type: z.string() })).nonempty(),
})
const netSchema = z.object({ module: z.literal('Net') })
const postprocessSchema = z.object({
  component: z.string(),
  params: record.nullish().transform((params) => params ?? {}),
})
const pipelineSchema = z.object({
  pipeline: z.object({ tasks: z.tuple([preprocessSchema, netSchema, postprocessSchema]) }),
})
/** Of the post-processing's parameters in the file. */
const PARAMS_PATH = ['pipeline', 'tasks', 2, 'params'] as const
const dictFileSchema = z.object({ dict_file: z.string().min(1).optional() })

/**
 * Reads the `pipeline.json` of a folder that MMDeploy exported (`--dump-info`).
 *
 * @returns undefined when the folder has none
 * @throws LsmlError INVALID_MODEL that names the file and each wrong field, or the step that lsml does not know
 */
export async function readMmdeployPipeline(folder: string): Promise<MmdeployPipeline | undefined> {
  const file = join(folder, 'pipeline.json')
  const json = await readJson(file)
  if (json === undefined) return undefined
  const [preprocess, , postprocess] = parseFields(pipelineSchema, json, file).pipeline.tasks
  const transforms = preprocess.transforms.map((step, index) => parseTransform(step, index, file))
  const dictFile = parseFields(dictFileSchema, postprocess.params, file, PARAMS_PATH).dict_file
  // Tells an order of steps that cannot be followed now and not at the first picture.
  frameOfTransforms(transforms, { width: 100, height: 100 }, file)
  return {
    file,
    task: taskOf(postprocess.component),
    transforms,
    format: formatOf(transforms),
    postprocess,
    // MMDeploy writes it there; a path that leads elsewhere is none of the model's business.
    dictFile: dictFile === undefined ? undefined : join(folder, basename(dictFile)),
  }
}

async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw invalidFile(file, `cannot be read: ${toError(error).message}`, error)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidFile(file, `is not JSON: ${toError(error).message}`, error)
  }
}

function parseTransform(step: { readonly type: string }, index: number, file: string): MmdeployTransform {
  const { type } = step
  const schema = Object.hasOwn(TRANSFORMS, type) ? TRANSFORMS[type as keyof typeof TRANSFORMS] : undefined
  if (schema === undefined) {
    throw invalidFile(
      file,
      `has the step \`${type}\`, which lsml does not know. It knows ${Object.keys(TRANSFORMS).join(', ')}`,
    )
  }
  return parseFields(schema, step, file, ['pipeline', 'tasks', 0, 'transforms', index])
}

function taskOf(component: string): MmdeployPipeline['task'] {
  if (component.endsWith('Convertor')) return 'text-recognition'
  // `Head` alone is no sign: classifiers have a `LinearClsHead`.
  return /^(TextDet|DB|PAN|PSE|FCE|TextSnake|DRRG)Head$/.test(component) ? 'text-detection' : 'other'
}

function formatOf(transforms: readonly MmdeployTransform[]): TensorFormat {
  const load = transforms.find((step) => step.type === 'LoadImageFromFile')
  const normalize = transforms.find((step) => step.type === 'Normalize')
  // MMDeploy's SDK takes every other value, such as `grayscale`, for one plane.
  const isColor = load === undefined || /^color(_ignore_orientation)?$/.test(load.color_type)
  return {
    order: !isColor ? 'gray' : normalize?.to_rgb === true ? 'rgb' : 'bgr',
    scale: 1,
    mean: normalize?.mean ?? 0,
    std: normalize?.std ?? 1,
  }
}
