import type { ObjectDetectorOptions } from '../../src/vision/detection/object-detector.ts'

export interface BenchModel {
  /** In `models/object-detection` of the reference material. */
  readonly file: string
  /** How it is called in `golden/detections.json`. */
  readonly golden: string
  readonly options: ObjectDetectorOptions
}

/** Each is recognized from its inputs and outputs; what is given here, no file beside the model says. */
export const BENCH_MODELS: readonly BenchModel[] = [
  { file: 'yolox_nano_0.1.1rc0_official.onnx', golden: 'yolox_nano', options: {} },
  { file: 'picodet_s_320_coco.onnx', golden: 'picodet_s_320', options: {} },
  { file: 'nanodet_m_320.onnx', golden: 'nanodet_m_320', options: {} },
  { file: 'deimv2_hgnetv2_atto_coco.onnx', golden: 'deimv2_atto', options: {} },
  {
    file: 'rtmdet_nano.onnx',
    golden: 'rtmdet_nano',
    options: { classes: ['person'], inputSize: [320, 320] },
  },
]
