import {
  brush,
  keypoint,
  LsmlError,
  maskOutlines,
  type Page,
  type Point,
  polygon,
  quadToBox,
  rectangle,
  type Region,
  regionId,
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
  const { found, kind, own } = place
  const { detection, label } = shown
  const { box, quad, mask, score } = detection
  const options = { label, score }
  if (kind === 'keypoints') return toPoints(place, page, shown)
  // A single mask may be empty where the model gives them.
  if (kind === 'mask') return mask === undefined ? [] : [brush(found, page, mask, options)]
  if (kind === 'outline') {
    const outline = mask === undefined ? (quad ?? corners(box)) : maskOutlines(mask)[0]
    return outline === undefined ? [] : [polygon(found, page, outline, options)]
  }
  if (own.obb === true && quad === undefined) throw cannot(place, 'turned boxes', 'model_obb="false"')
  return [
    rectangle(found, page, quad === undefined || own.obb === false ? upright(box) : quadToBox(quad), options),
  ]
}

function toPoints(place: LabeledPlace, page: Page, { detection, className }: Shown): readonly Region[] {
  const { found, bodies, bodyLabels, parts, own } = place
  const { box, score, keypoints } = detection
  if (keypoints === undefined) throw cannot(place, 'keypoints', 'RectangleLabels')
  const bodyLabel = bodyLabels.get(className)
  const body =
    bodies === undefined || bodyLabel === undefined || !own.addBboxes
      ? undefined
      : rectangle(bodies, page, upright(box), { id: regionId(), label: bodyLabel, score })
  const points = parts.flatMap(({ label, index, classes }) => {
    const point = keypoints[index]
    if (point === undefined || !classes.has(className) || point.score < own.pointThreshold) return []
    const at = { x: point.x, y: point.y, radius: own.pointSize }
    return [keypoint(found, page, at, { label, score: point.score, parent: body?.id })]
  })
  return body === undefined ? points : [body, ...points]
}

function upright({ left, top, right, bottom }: Box) {
  return { x: left, y: top, width: right - left, height: bottom - top }
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
