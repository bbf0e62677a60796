import { z } from 'zod'

const side = z.number().int().positive()
/** MMDeploy's own runtime refuses any other range. */
const noChance = z
  .tuple([z.number(), z.number()])
  .refine(([from, to]) => from === 1 && to === 1, 'only [1, 1] leaves nothing to chance')
const perPlane = z.array(z.number()).min(1)

/**
 * MMDeploy's steps from a picture to a tensor, with the names and units of `pipeline.json`. What lsml has no use for
 * (`meta_keys`, `backend`, …) is let pass.
 */
export const TRANSFORMS = {
  LoadImageFromFile: z.object({
    type: z.literal('LoadImageFromFile'),
    color_type: z.string().default('color'),
  }),
  Resize: z.object({
    type: z.literal('Resize'),
    /** [width, height]; with `keep_ratio` the long and the short side, −1 for no limit. */
    size: z.union([side, z.tuple([z.union([side, z.literal(-1)]), z.union([side, z.literal(-1)])])]),
    keep_ratio: z.boolean().default(false),
    interpolation: z.literal('bilinear', 'lsml resizes with `bilinear`').default('bilinear'),
  }),
  ShortScaleAspectJitter: z.object({
    type: z.literal('ShortScaleAspectJitter'),
    short_size: side.default(736),
    scale_divisor: side.default(1),
    ratio_range: noChance,
    aspect_ratio_range: noChance,
  }),
  RescaleToHeight: z.object({
    type: z.literal('RescaleToHeight'),
    height: side,
    min_width: side.nullish(),
    max_width: side.nullish(),
    width_divisor: side.default(1),
  }),
  ResizeOCR: z.object({
    type: z.literal('ResizeOCR'),
    height: side,
    min_width: side.nullish(),
    max_width: side.nullish(),
    keep_aspect_ratio: z.boolean().default(true),
    img_pad_value: z.number().default(0),
    width_downsample_ratio: z
      .number()
      .positive()
      .default(1 / 16),
  }),
  Pad: z.object({
    type: z.literal('Pad'),
    /** [width, height]. */
    size: z.tuple([side, side]).nullish(),
    size_divisor: side.nullish(),
    pad_to_square: z.boolean().default(false),
    pad_val: z
      .union([z.number(), z.object({ img: z.union([z.number(), z.tuple([z.number()], z.number())]) })])
      .default(0)
      .transform((value) => {
        const pixel = typeof value === 'number' ? value : value.img
        return typeof pixel === 'number' ? pixel : pixel[0]
      }),
    padding_mode: z.literal('constant', 'lsml pads with `constant`').default('constant'),
  }),
  Normalize: z.object({
    type: z.literal('Normalize'),
    mean: perPlane,
    std: perPlane,
    to_rgb: z.boolean().default(true),
  }),
  DefaultFormatBundle: z.object({ type: z.literal('DefaultFormatBundle') }),
  ImageToTensor: z.object({ type: z.literal('ImageToTensor') }),
  Collect: z.object({ type: z.literal('Collect') }),
} as const

export type MmdeployTransform = z.output<(typeof TRANSFORMS)[keyof typeof TRANSFORMS]>
