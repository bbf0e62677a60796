import { z } from 'zod'

const share = z.number().min(0).max(1)

/** What both a project and one of its control tags may say of a model. */
const modelParams = {
  /** How the model is read, such as `yolox`. @default what its manifest says, or what is seen from the model */
  family: z.string().optional(),
  /** The classes: a text file with one a line, or a JSON file with a list, or with the label of each class. */
  labelsFile: z.string().optional(),
  /** Detections of a lower score are left out. */
  scoreThreshold: share.optional(),
}

/** What `--with`, the environment, `lsml.config.json` and a project's extra params may set. */
export const params = z.object({
  ...modelParams,
  scoreThreshold: share.default(0.3),
  /** The model: a name, an ONNX file, or a folder that MMDeploy exported. Control tags may have their own `model_path`. */
  checkpointFile: z.string().optional(),
  /** MMDetection's config of a `.pth` checkpoint, for the export command that is answered. */
  configFile: z.string().optional(),
  /** `auto`, `cpu`, `cuda`, `cuda:1`, `tensorrt`, `webgpu`. @default the server's `--device` */
  device: z.string().optional(),
  /** How overlapping boxes are suppressed. @default what the model's family does */
  nms: z.enum(['hard', 'gaussian', 'linear', 'off']).optional(),
  /** The overlap, as IoU, over which two boxes are one object. @default the family's own */
  nmsThreshold: share.optional(),
  /** Whether boxes of different classes suppress one another too. */
  nmsClassAgnostic: z.boolean().default(false),
  /** Of one image. */
  maxDetections: z.number().int().min(1).max(10_000).default(100),
  /** Pixels of the tiles in which large images are looked at, for small objects. @default the whole image at once */
  tileSize: z.number().int().min(64).optional(),
  /** Part of a tile that it shares with the next. */
  tileOverlap: share.default(0.2),
  /** Whether what people submit sets a score threshold for each label. */
  learn: z.boolean().default(true),
  /** Whether it also decides which labels the finds of a class get, so that `car` becomes `taxi` or `police`. */
  relabel: z.boolean().default(false),
  /** A backbone, named as `checkpoint_file`, that tells how things look. @default their colours and edges */
  embeddingModel: z.string().optional(),
})
export type DetectionParams = z.output<typeof params>

/** What each control tag may give for itself, as `model_…` attributes; the names are those of Label Studio's YOLO example. */
export const controlParams = z.object({
  ...modelParams,
  /** The tag's own model, named as `checkpoint_file`. */
  path: z.string().optional(),
  /** Whether the tag is left alone. */
  skip: z.boolean().default(false),
  /** Turned rectangles: `true` asks for a model that gives them, `false` draws upright ones. @default as the model does */
  obb: z.boolean().optional(),
  /** Of `KeyPointLabels`: whether each body gets a box, of the RectangleLabels that is called as the tag with `_bbox`. */
  addBboxes: z.boolean().default(true),
  /** Of `KeyPointLabels`: points of a lower score are left out. */
  pointThreshold: share.default(0),
  /** Of `KeyPointLabels`: the points' size in pixels. */
  pointSize: z.number().positive().default(1),
})
export type ControlParams = z.output<typeof controlParams>
