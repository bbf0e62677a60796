import { type BackendContext, LsmlError, type ObjectTag } from '../../src/index.ts'
import { applyLearnt, type LearntLabeler } from '../../src/learning/index.ts'
import {
  type DetectorNms,
  type ImageClassifier,
  type ObjectDetector,
  openImageClassifierIfAny,
  openObjectDetector,
} from '../../src/vision/index.ts'
import { chooseLabels } from './labels.ts'
import { readLabelsFile } from './labels-file.ts'
import { type Look, openLook } from './learn/looks.ts'
import { basisOf, readState } from './learn/state.ts'
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
  /** Whether people's corrections are learnt from: of what has an outline and a label. */
  readonly learns: boolean
  /** Of what is learnt, see `PlaceState`. */
  readonly basis: string
  /** Labels and thresholds, with what was learnt. */
  readonly labeler: LearntLabeler
}

/** One model on one image tag, for all control tags that share it. */
export interface Finder {
  readonly object: ObjectTag
  readonly model: ObjectDetector | ImageClassifier
  readonly places: readonly LabeledPlace[]
  /** Where labels are told by looks. */
  readonly look: Look | undefined
}

export interface FinderOptions {
  /** What `fit` returned. */
  readonly trainOutput?: unknown
  /** Lower than the thresholds, to see what they hide. @default the lowest of them */
  readonly lowestScore?: number
}

type Context = Pick<BackendContext<DetectionParams>, 'labeling' | 'params' | 'models' | 'log'>

/**
 * Opens the models that the labeling config asks for: that of the project, and those that control tags have of their own.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG, INVALID_PARAMS, MODEL_NOT_FOUND, INVALID_MODEL
 */
export async function openFinders(context: Context, options: FinderOptions = {}): Promise<readonly Finder[]> {
  const groups = new Map<string, Place[]>()
  for (const place of findPlaces(context.labeling)) {
    const key = JSON.stringify([place.found.object.name, modelOf(place, context.params)])
    groups.set(key, [...(groups.get(key) ?? []), place])
  }
  const look = await openLook(context)
  const finders = []
  for (const places of groups.values()) finders.push(await openFinder(places, look, context, options))
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

async function openFinder(
  places: readonly Place[],
  look: Look | undefined,
  context: Context,
  { trainOutput, lowestScore = 1 }: FinderOptions,
): Promise<Finder> {
  const { params, models, log } = context
  const [first] = places as readonly [Place, ...Place[]]
  const source = modelOf(first, params)
  const { path, labelsFile, family, config } = source
  if (path === undefined) throw noModel(first)
  const { classes, labels: given } = await readLabelsFile(labelsFile)
  const { device } = params
  const isWhole = places.every(({ kind }) => kind === 'choices') && !/\.(pth|pt|ckpt)$/i.test(path)
  const thresholds = places.map(({ own }) => own.scoreThreshold ?? params.scoreThreshold)
  const basis = basisOf(source, params)
  const learnt = places.map((place, index) => {
    const learns = params.learn && (place.kind === 'box' || place.kind === 'outline')
    const key = { found: place.found, basis, threshold: thresholds[index] as number }
    return learns ? readState(trainOutput, key).learnt : undefined
  })
  const learntThresholds = learnt.flatMap((state) => Object.values(state?.thresholds ?? {}))
  const model =
    (isWhole ? await openImageClassifierIfAny(models, path, { device, classes }) : undefined) ??
    (await openObjectDetector(models, path, {
      device,
      family,
      classes,
      config,
      scoreThreshold: Math.min(lowestScore, ...thresholds, ...learntThresholds),
      nms: nmsOf(params),
      maxDetections: params.maxDetections,
      tile:
        params.tileSize === undefined ? undefined : { size: params.tileSize, overlap: params.tileOverlap },
    }))
  const options = { model: model.name, given, relabel: params.relabel, log }
  return {
    object: first.found.object,
    model,
    look,
    places: places.map((place, index) => {
      const { found, kind, bodies } = place
      const ofPoints = kind === 'keypoints'
      const threshold = thresholds[index] as number
      const labels: ReadonlyMap<string, string> = ofPoints
        ? new Map()
        : chooseLabels(found.control, model.classes, options)
      const labelOfClass = (name: string) => labels.get(name)
      return {
        ...place,
        threshold,
        labels,
        learns: learnt[index] !== undefined,
        basis,
        labeler: applyLearnt(learnt[index], { labelOfClass, scoreThreshold: threshold }),
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
