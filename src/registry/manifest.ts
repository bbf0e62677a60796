import { z } from 'zod'

const tensorSchema = z.strictObject({
  name: z.string().min(1),
  type: z.string().min(1),
  /** A number for a fixed axis, a name for a free one (`?` where it has none); left out where the file does not say. */
  shape: z.array(z.union([z.number().int().positive(), z.string()])).optional(),
  description: z.string().optional(),
})

const fileSchema = z
  .string()
  .min(1)
  .refine(
    (file) => !file.startsWith('/') && !file.split(/[\\/]/).includes('..'),
    'must stay in the folder of the manifest',
  )

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits')

/**
 * What a model file is and how to use it: one `manifest.json` beside the file. `preprocess` and `postprocess` belong to
 * the family, whose code in `vision/` checks them.
 */
export const manifestSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, `.`, `_` and `-`'),
  version: z.string().min(1),
  description: z.string(),
  task: z.enum(['text-detection', 'text-recognition', 'text-orientation', 'object-detection', 'other']),
  /** `auto`: seen from the model, as for a file without a manifest. */
  family: z.string().min(1),
  /** Relative to the manifest; it may not leave the folder. */
  file: fileSchema,
  sha256: sha256Schema,
  bytes: z.number().int().positive(),
  /** SPDX identifier. */
  license: z.string().min(1),
  url: z.url().optional(),
  source: z.string().optional(),
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(tensorSchema).min(1),
  /** Of a detector, in the order of its numbers: the names, or a file beside the manifest with one a line. */
  classes: z.union([z.array(z.string().min(1)).min(1), z.string().min(1)]).optional(),
  preprocess: z.record(z.string(), z.unknown()).default({}),
  postprocess: z.record(z.string(), z.unknown()).default({}),
  accuracy: z
    .array(
      z.strictObject({
        dataset: z.string(),
        metric: z.string(),
        value: z.number(),
        note: z.string().optional(),
      }),
    )
    .default([]),
})
/** A name by which a model can be found, so one that is no path. */
export const modelNameSchema = manifestSchema.shape.name

export type Manifest = z.infer<typeof manifestSchema>

/** What a manifest says of a model, whether it lies in a file here or on a server. */
export type ModelFacts = Omit<Manifest, 'file' | 'sha256' | 'bytes' | 'url'>
