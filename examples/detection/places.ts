import {
  type ControlHandle,
  controlOf,
  controlsOf,
  type ControlTag,
  type LabelingConfig,
  LsmlError,
  readControlParams,
} from '../../src/index.ts'
import { type ControlParams, controlParams } from './params.ts'

/** A control tag on an image, and what it shows of what a model finds. */
export interface Place {
  readonly found: ControlHandle<keyof typeof KINDS>
  readonly kind: (typeof KINDS)[keyof typeof KINDS]
  readonly own: ControlParams
  /** Of keypoints: the RectangleLabels that the boxes around them go to. */
  readonly bodies: ControlHandle<'RectangleLabels'> | undefined
}

const KINDS = {
  RectangleLabels: 'box',
  PolygonLabels: 'outline',
  BrushLabels: 'mask',
  KeyPointLabels: 'keypoints',
  Choices: 'choices',
} as const

/**
 * The control tags that detections go to, in document order. Left out are those with `model_skip`, choices about a region,
 * and KeyPointLabels whose labels have no `model_index`: such points are what a smart tool is shown.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG when there is none, INVALID_PARAMS
 */
export function findPlaces(labeling: LabelingConfig): readonly Place[] {
  const options = { control: Object.keys(KINDS) as (keyof typeof KINDS)[], object: 'Image' } as const
  // For its message: what the config has, and what could be added.
  controlOf(labeling, options)
  const all = controlsOf(labeling, options)
  const bodiesOf = ({ control, object }: Place['found']) =>
    all
      .filter((other) => other.tag === 'RectangleLabels')
      .find((other) => other.control.name === `${control.name}_bbox` && other.object.name === object.name)
  const places = all
    .map((found): Place => {
      const kind = KINDS[found.tag]
      const own = readOwn(found.control)
      return { found, kind, own, bodies: kind === 'keypoints' ? bodiesOf(found) : undefined }
    })
    .filter(({ found, kind, own }) => !own.skip && !isPrompt(found, kind) && !found.control.perRegion)
  const ofBodies = new Set(places.map(({ bodies }) => bodies?.control.name))
  const shown = places.filter(({ found }) => !ofBodies.has(found.control.name))
  if (shown.length > 0) return shown
  throw new LsmlError(
    'INVALID_LABEL_CONFIG',
    'No control tag of the labeling config is left for detections: those that could have `model_skip="true"`, or are KeyPointLabels without a `model_index` on their labels, or ask about regions. Add a `RectangleLabels`, `PolygonLabels`, `BrushLabels` or `Choices`.',
  )
}

function isPrompt({ control }: Place['found'], kind: Place['kind']): boolean {
  return (
    kind === 'keypoints' &&
    !Object.values(control.labelAttributes).some(({ model_index: index }) => index !== undefined)
  )
}

/** `score_threshold` alone is what older configs of the YOLO example have. */
function readOwn(control: ControlTag): ControlParams {
  const { score_threshold: older, ...attributes } = control.attributes
  return readControlParams(
    {
      ...control,
      attributes: { ...(older !== undefined && { model_score_threshold: older }), ...attributes },
    },
    controlParams,
  )
}
