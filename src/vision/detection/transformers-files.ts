import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { LsmlError, toError } from '../../errors.ts'
import type { ImageFormat } from './image-input.ts'

/** What Transformers writes beside a model of how to use it. */
export interface TransformersFiles {
  /** Of `config.json`, in the order of their numbers. */
  readonly classes: readonly string[] | undefined
  readonly activation: 'sigmoid' | 'softmax'
  /** Of `preprocessor_config.json`; without one that of RT-DETR. */
  readonly format: ImageFormat
}

/** `image_processing_rt_detr.py` of github.com/huggingface/transformers: divided by 255 and not normalised. */
const RT_DETR: ImageFormat = {
  color: 'rgb',
  scale: 1 / 255,
  mean: 0,
  std: 1,
  fit: 'stretch',
  padding: 0,
  size: [640, 640],
}
/** Trained with a class for what is no object. */
const SOFTMAX_MODELS = /^(detr|yolos|table-transformer)$/

/** LVIS has 1203. */
const MAX_CLASSES = 100_000

const triple = z.tuple([z.number(), z.number(), z.number()])
const configSchema = z.object({
  model_type: z.string().default(''),
  id2label: z.record(z.string(), z.string()).optional(),
})
const processorSchema = z.object({
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_normalize: z.boolean().default(false),
  image_mean: triple.default([0.485, 0.456, 0.406]),
  image_std: triple.default([0.229, 0.224, 0.225]),
  size: z
    .object({ width: z.number().int().positive(), height: z.number().int().positive() })
    .optional()
    .catch(undefined),
})

/**
 * Reads `config.json` and `preprocessor_config.json`, which lie beside a model or, as on the hub, over its folder `onnx`.
 *
 * @throws LsmlError INVALID_MODEL for a file that is not what Transformers writes
 */
export async function readTransformersFiles(model: string): Promise<TransformersFiles> {
  const config = await readJson(model, 'config.json', configSchema)
  const processor = await readJson(model, 'preprocessor_config.json', processorSchema)
  return {
    classes: classesOf(config?.id2label),
    activation: SOFTMAX_MODELS.test(config?.model_type ?? '') ? 'softmax' : 'sigmoid',
    format: processor === undefined ? RT_DETR : formatOf(processor),
  }
}

function formatOf(processor: z.output<typeof processorSchema>): ImageFormat {
  const { do_rescale: rescales, do_normalize: normalizes, size } = processor
  return {
    ...RT_DETR,
    scale: rescales ? processor.rescale_factor : 1,
    mean: normalizes ? processor.image_mean : 0,
    std: normalizes ? processor.image_std : 1,
    size: size === undefined ? RT_DETR.size : [size.width, size.height],
  }
}

/** Numbers without a name get themselves as one, so that the others keep their place. */
function classesOf(labels: Readonly<Record<string, string>> = {}): readonly string[] | undefined {
  const count = Math.max(-1, ...Object.keys(labels).map(Number)) + 1
  if (!(count > 0 && count <= MAX_CLASSES)) return undefined
  return Array.from({ length: count }, (_, index) => labels[index] ?? `${index}`)
}

async function readJson<Schema extends z.ZodType>(
  model: string,
  name: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const folder = dirname(model)
  for (const file of [join(folder, name), join(folder, '..', name)]) {
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch {
      continue
    }
    try {
      return schema.parse(JSON.parse(text))
    } catch (error) {
      throw new LsmlError(
        'INVALID_MODEL',
        `The file \`${file}\` is not what Transformers writes: ${toError(error).message} Get it again, or take it away.`,
        { cause: error },
      )
    }
  }
  return undefined
}
