import { z } from 'zod'

const share = z.number().min(0).max(1)

/** What `--with`, the environment, `lsml.config.json`, a project's extra params and `model_*` attributes may set. */
export const params = z.object({
  /** The text detector: a model's name, an ONNX file, or a folder that MMDeploy exported. */
  detCkpt: z.string().default('text-detector'),
  /** MMOCR's config of a `.pth` checkpoint, for the export command that is answered. */
  detConfig: z.string().optional(),
  /** The text recognizer, named as the detector. */
  recogCkpt: z.string().default('text-recognizer'),
  recogConfig: z.string().optional(),
  /** The recognizer's characters, one a line, where they are not in the model or beside it. */
  recogDict: z.string().optional(),
  /** A classifier that tells lines that stand on their head; none is used without it. */
  clsCkpt: z.string().nullish(),
  /** `auto`, `cpu`, `cuda`, `cuda:1`, `tensorrt`, `webgpu`. @default the server's `--device` */
  device: z.string().optional(),
  /** Lines whose text has a lower score are left out. */
  textThreshold: share.default(0.5),
  /** Boxes with a lower score are left out. @default the model's own */
  boxThreshold: share.optional(),
  /** Above it a pixel is text. @default the model's own */
  mapThreshold: share.optional(),
  /** How far boxes grow beyond the core of the text that the model marks. @default the model's own */
  unclipRatio: z.number().min(0).max(5).optional(),
  /** Pixels to which the page's short side is enlarged. @default the model's own */
  shortSide: z.number().int().min(32).max(4096).optional(),
  /** Pixels that its long side may have. @default the model's own */
  longSide: z.number().int().min(32).max(8192).optional(),
  /** Which kind of region to make where the labeling config has both. */
  shape: z.enum(['rectangle', 'polygon']).optional(),
  /** @default the label whose `predicted_values` has `text`, or that is called so, or the first */
  label: z.string().optional(),
  /** Whether anything is learnt from annotations, and what was learnt is used. */
  learn: z.boolean().default(true),
})

export type OcrParams = z.output<typeof params>
