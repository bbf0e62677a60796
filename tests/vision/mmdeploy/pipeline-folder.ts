import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Step = { readonly type: string } & Readonly<Record<string, unknown>>

/** The steps that MMDeploy 1.3.1 writes for DBNet r18. */
export const DBNET_STEPS: readonly Step[] = [
  { type: 'LoadImageFromFile', color_type: 'color_ignore_orientation' },
  { type: 'Resize', keep_ratio: true, size: [1333, 736] },
  { type: 'Normalize', to_rgb: true, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] },
  { type: 'Pad', size_divisor: 32 },
  { type: 'DefaultFormatBundle' },
  { type: 'Collect', meta_keys: ['img_shape', 'scale_factor'], keys: ['img'] },
]

/** The steps that it writes for CRNN. */
export const CRNN_STEPS: readonly Step[] = [
  { type: 'LoadImageFromFile', color_type: 'grayscale', file_client_args: { backend: 'disk' } },
  { type: 'RescaleToHeight', height: 32, min_width: 32, max_width: null, width_divisor: 16 },
  { type: 'Normalize', to_rgb: false, mean: [127], std: [127] },
  { type: 'Pad', size_divisor: 1 },
  { type: 'DefaultFormatBundle' },
  { type: 'Collect', keys: ['img'] },
]

/** A `pipeline.json` as MMDeploy writes it. */
export function pipelineJson(
  transforms: readonly Step[] = DBNET_STEPS,
  component = 'DBHead',
  params: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    pipeline: {
      input: ['img'],
      output: ['post_output'],
      tasks: [
        {
          type: 'Task',
          module: 'Transform',
          name: 'Preprocess',
          input: ['img'],
          output: ['prep_output'],
          transforms,
        },
        {
          name: 'dbnet',
          type: 'Task',
          module: 'Net',
          is_batched: true,
          input: ['prep_output'],
          output: ['infer_output'],
          input_map: { img: 'input' },
          output_map: {},
        },
        {
          type: 'Task',
          module: 'mmocr',
          name: 'postprocess',
          component,
          params,
          output: ['post_output'],
          input: ['prep_output', 'infer_output'],
        },
      ],
    },
  }
}

export function writePipeline(folder: string, json: unknown = pipelineJson()): void {
  writeFileSync(join(folder, 'pipeline.json'), typeof json === 'string' ? json : JSON.stringify(json))
}
