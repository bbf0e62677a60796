import { type BackendContext, LsmlError, type ObjectTag } from '../../src/index.ts'
import {
  type DetectorNms,
  type ImageClassifier,
  type ObjectDetector,
  openImageClassifierIfAny,
  openObjectDetector,
} from '../../src/vision/index.ts'
import { chooseLabels } from './labels.ts'
import { readLabelsFile } from './labels-file.ts'
import type { DetectionParams } from './params.ts'
import { findPlaces, type Place } from './places.ts'
import { chooseParts, type Part } from './parts.ts'

/** A place, and which classes of the model it shows under which labels. */
export interface LabeledPlace extends Place {
  readonly threshold: number
  /** Labels by class. */
  readonly labels: ReadonlyMap<string, string>
  /** Of keypoints, whose labels are these. */
  readonly parts: readonly Part[]
  /** Labels by class of the boxes around keypoints. */
  readonly bodyLabels: ReadonlyMap<string, string>
}

/** One model on one image tag, for all control tags that share it. */
export interface Finder {
  readonly object: ObjectTag
  readonly model: ObjectDetector | ImageClassifier
  readonly places: readonly LabeledPlace[]
}

type Context = Pick<BackendContext<DetectionParams>, 'labeling' | 'params' | 'models' | 'log'>

/**
 * Opens the models that the labeling config asks for: that of the project, and those that control tags have of their own.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function openFinders(context: Context): Promise<readonly Finder[]> {
  const groups = new Map<string, Place[]>()
  for (const place of findPlaces(context.labeling)) {
    const key = JSON.stringify([place.found.object.name, modelOf(place, context.params)])
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  const finders = []
  for (const places of groups.values()) finders.push(await openFinder(places, context))
  return finders
}

/** What a tag says of its model; where it names one of its own, what the project says of its model is not for that. */
function modelOf({ own }: Place, params: DetectionParams) {
  const { path, labelsFile, family } = own
  if (path !== undefined) return { path, labelsFile, family, config: undefined }
  return {
    path: params.checkpointFile,
    labelsFile: labelsFile ?? params.labelsFile,
    family: family ?? params.family,
    config: params.configFile,
  }
}

async function openFinder(places: readonly Place[], context: Context): Promise<Finder> {
  const { params, models, log } = context
  const [first] = places as readonly [Place, ...Place[]]
  const { path, labelsFile, family, config } = modelOf(first, params)
  if (path === undefined) throw noModel(first)
  const { classes, labels: given } = await readLabelsFile(labelsFile)
  const { device } = params
  const isWhole = places.every(({ kind }) => kind === 'choices') && !/\.(pth|pt|ckpt)$/i.test(path)
  const thresholds = places.map(({ own }) => own.scoreThreshold ?? params.scoreThreshold)
  const model =
    (isWhole ? await openImageClassifierIfAny(models, path, { device, classes }) : undefined) ??
    (await openObjectDetector(models, path, {
      device,
      family,
      classes,
      config,
      scoreThreshold: Math.min(...thresholds),
      nms: nmsOf(params),
      maxDetections: params.maxDetections,
      tile:
        params.tileSize === undefined ? undefined : { size: params.tileSize, overlap: params.tileOverlap },
    }))
  const options = { model: model.name, given, log }
  return {
    object: first.found.object,
    model,
    places: places.map((place, index) => {
      const { found, kind, bodies } = place
      const ofPoints = kind === 'keypoints'
      return {
        ...place,
        threshold: thresholds[index] as number,
        labels: ofPoints ? new Map() : chooseLabels(found.control, model.classes, options),
        parts: ofPoints ? chooseParts(found.control, model.classes) : [],
        bodyLabels: bodies === undefined ? new Map() : chooseLabels(bodies.control, model.classes, options),
      }
    }),
  }
}

function nmsOf({ nms, nmsThreshold, nmsClassAgnostic }: DetectionParams): DetectorNms | false | undefined {
  if (nms === 'off') return false
  return nms === undefined && nmsThreshold === undefined && !nmsClassAgnostic
    ? undefined
    : { type: nms, iou: nmsThreshold, classAgnostic: nmsClassAgnostic }
}

function noModel({ found: { control } }: Place): LsmlError {
  return new LsmlError(
    'INVALID_PARAMS',
    `There is no model for ${control.type} \`${control.name}\`: no \`checkpoint_file\` is given, and none ships with lsml. Get one, such as with \`lsml models pull yolox-nano\`, and start with \`--with checkpoint_file=yolox-nano\`; or give the path of an ONNX file or of a folder that MMDeploy exported. \`lsml models list\` has others, \`model_path\` gives one control tag its own.`,
  )
}
