import { dirname, join } from 'node:path'
import { z } from 'zod'
import { LsmlError } from '../../errors.ts'
import type { ModelFacts } from '../../registry/manifest.ts'
import type { OpenModel } from '../../registry/models.ts'
import { parseManifestBlock } from '../manifest-block.ts'
import { type Dictionary, parseDictionary, toAlphabet } from './dictionary.ts'
import { findDictionary, readDictionary } from './find-dictionary.ts'
import { clampWidth, type CtcRecipe, type CtcRecipeOptions } from './recipe.ts'

const perPlane = z.union([z.number(), z.array(z.number()).length(1), z.array(z.number()).length(3)])
const pixels = z.number().int().positive()

const preprocessSchema = z.strictObject({
  color: z.enum(['rgb', 'bgr', 'gray']),
  height: pixels,
  /** Columns of a model that takes no others; shorter lines are padded, longer ones squeezed. */
  width: pixels.optional(),
  /** Shorter lines are padded to it. */
  minWidth: pixels.default(1),
  /** In units of the pixels, 0 to 255. */
  mean: perPlane.default(0),
  std: perPlane.default(1),
  /** What stands right of a line, after normalisation. */
  pad: z.number().default(0),
})

const postprocessSchema = z.strictObject({
  /** Index of the class that writes nothing. */
  blank: z.enum(['first', 'last']),
  /** `metadata:<key>` of the ONNX file, or `file:<name>` beside the manifest; one character a line. */
  charactersFrom: z
    .string()
    .regex(/^(metadata:.+|file:[^/\\]+)$/, '`metadata:<key>` or `file:<name beside the manifest>`')
    .optional(),
  /** Whether the output is probabilities already. @default seen from the output */
  softmax: z.boolean().optional(),
})

/**
 * The recipe that a manifest of the family `ctc` writes down.
 *
 * @throws LsmlError INVALID_MODEL whose issues name each wrong field
 */
export async function manifestRecipe(
  model: OpenModel,
  manifest: ModelFacts,
  options: CtcRecipeOptions,
): Promise<CtcRecipe> {
  if (manifest.family !== 'ctc')
    throw new LsmlError(
      'INVALID_MODEL',
      `The manifest of \`${manifest.name}\` says \`${manifest.task}\` of the family \`${manifest.family}\`: a recognizer of text has the family \`ctc\`. Name another model, or correct the manifest.`,
    )
  const { color, height, width, minWidth, mean, std, pad } = parseManifestBlock(
    preprocessSchema,
    manifest,
    'preprocess',
  )
  const { blank, charactersFrom, softmax } = parseManifestBlock(postprocessSchema, manifest, 'postprocess')
  const dictionary =
    options.dictionary === undefined && charactersFrom !== undefined
      ? await readCharacters(model, charactersFrom)
      : await findDictionary(model, options.dictionary)
  return {
    format: { order: color, scale: 1, mean, std },
    height,
    lineWidth: (line) => clampWidth(Math.round((height * line.width) / line.height), width),
    tensorWidth: (widest) => width ?? Math.max(widest, minWidth),
    padding: pad,
    equalWidths: false,
    cutPadding: true,
    margin: undefined,
    alphabet: (classes) => toAlphabet(dictionary, blank, classes),
    probabilities: softmax,
  }
}

async function readCharacters({ file, metadata }: OpenModel, from: string): Promise<Dictionary> {
  const [kind, name = ''] = from.split(/:(.*)/s)
  if (kind === 'file') return readDictionary(join(dirname(file), name))
  const text = metadata[name]
  if (text !== undefined) return parseDictionary(text, `the metadata key \`${name}\``)
  throw new LsmlError(
    'INVALID_MODEL',
    `The model \`${file}\` has no metadata key \`${name}\`, where its manifest looks for the characters. It has: ${Object.keys(metadata).join(', ') || 'none'}.`,
  )
}
