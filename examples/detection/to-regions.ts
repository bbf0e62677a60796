import {
  type ControlHandle,
  LsmlError,
  maskOutlines,
  type Page,
  type Point,
  quadToBox,
  type Region,
} from '../../src/index.ts'
import type { Box, Detection } from '../../src/vision/index.ts'
import type { LabeledPlace } from './finders.ts'

/** A detection as a place shows it. */
export interface Shown {
  readonly detection: Detection
  readonly className: string
  /** Undefined for keypoints, whose labels are those of the points. */
  readonly label: string | undefined
}

/**
 * What of some detections a place shows: those of its classes and of at least its score, or as it learnt.
 *
 * @param looks of the detections whose labels hang on them
 * @throws LsmlError INVALID_PARAMS when the tag shows masks and the model gives none
 */
export function shownAt(
  place: LabeledPlace,
  detections: readonly Detection[],
  classes: readonly string[],
  looks: ReadonlyMap<Detection, Float32Array>,
): readonly Shown[] {
  const { kind, parts, bodyLabels, threshold, labeler } = place
  if (kind === 'mask' && detections.length > 0 && detections.every(({ mask }) => mask === undefined))
    throw cannot(place, 'masks', 'RectangleLabels')
  return detections.flatMap((detection): readonly Shown[] => {
    const className = classes[detection.classIndex] ?? ''
    const { score } = detection
    if (kind === 'keypoints') {
      const isKnown = bodyLabels.has(className) || parts.some((part) => part.classes.has(className))
      return isKnown && score >= threshold ? [{ detection, className, label: undefined }] : []
    }
    const label = labeler.labelOf({ className, score, features: looks.get(detection) })
    return label === undefined ? [] : [{ detection, className, label }]
  })
}

/**
 * The regions of one detection on a page: one, or of keypoints the box of the body and its points.
 *
 * @throws LsmlError INVALID_PARAMS when the model does not give what the control tag needs
 */
export function toRegions(place: LabeledPlace, page: Page, shown: Shown): readonly Region[] {
  const { found, own } = place
  const { detection, label } = shown
  const { box, quad, mask, score } = detection
  if (found.tag === 'KeyPointLabels') return toPoints(found, place, page, shown)
  if (found.tag === 'Choices' || label === undefined) return []
  const options = { label, score }
  // A single mask may be empty where the model gives them.
  if (found.tag === 'BrushLabels')
    return mask === undefined ? [] : [found.on(page).brush({ mask, ...options })]
  if (found.tag === 'PolygonLabels') {
    const points = mask === undefined ? (quad ?? corners(box)) : maskOutlines(mask)[0]
    return points === undefined ? [] : [found.on(page).polygon({ points, ...options })]
  }
  if (own.obb === true && quad === undefined) throw cannot(place, 'turned boxes', 'model_obb="false"')
  const shape = quad === undefined || own.obb === false ? box : quadToBox(quad)
  return [found.on(page).rectangle({ box: shape, ...options })]
}

function toPoints(
  found: ControlHandle<'KeyPointLabels'>,
  place: LabeledPlace,
  page: Page,
  { detection, className }: Shown,
): readonly Region[] {
  const { bodies, bodyLabels, parts, own } = place
  const { box, score, keypoints } = detection
  if (keypoints === undefined) throw cannot(place, 'keypoints', 'RectangleLabels')
  const bodyLabel = bodyLabels.get(className)
  const body =
    bodies === undefined || bodyLabel === undefined || !own.addBboxes
      ? undefined
      : bodies.on(page).rectangle({ box, label: bodyLabel, score })
  const here = found.on(page)
  const points = parts.flatMap(({ label, index, classes }) => {
    const point = keypoints[index]
    if (point === undefined || !classes.has(className) || point.score < own.pointThreshold) return []
    const { x, y, score } = point
    return [here.keypoint({ x, y, radius: own.pointSize, label, score, parent: body?.id })]
  })
  return body === undefined ? points : [body, ...points]
}

function corners({ left, top, right, bottom }: Box): readonly Point[] {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}

function cannot({ found: { control } }: LabeledPlace, what: string, instead: string): LsmlError {
  return new LsmlError(
    'INVALID_PARAMS',
    `${control.type} \`${control.name}\` needs ${what}, and its model gives none. Give it another model with \`model_path\`, take \`${instead}\`, or leave the tag alone with \`model_skip="true"\`.`,
  )
}
