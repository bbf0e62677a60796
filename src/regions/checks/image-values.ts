import {
  all,
  type Check,
  every,
  type Fault,
  isNumber,
  isStrings,
  isValue,
  optional,
  show,
  type Value,
} from './check.ts'

/**
 * Percents end at 100, but may begin before 0: so says the validation of Label Studio's SDK 2.1.2, which refuses the
 * whole batch for one of 100.01 when it is switched on.
 */
const isPlace = (value: unknown) => isNumber(value) && value <= 100
const isLength = (value: unknown) => isPlace(value) && Number(value) >= 0
const isRadius = (value: unknown) => isNumber(value) && value >= 0 && value <= 50
const isPoint = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isPlace)

const place = every(['x', 'y'], 'range', isPlace, 'a percent of the image, at most 100')
const size = every(['width', 'height'], 'range', isLength, 'a percent of the image, from 0 to 100')
const rotation = optional(['rotation'], 'range', isNumber, 'a number of degrees')

export const rectangle = all(place, size, rotation)

export const ellipse = all(
  place,
  every(['radiusX', 'radiusY'], 'range', isRadius, 'a percent of the image, from 0 to 50'),
  rotation,
)

export const keypoint = all(place, every(['width'], 'range', isLength, 'a percent from 0 to 100'), (value) =>
  'height' in value
    ? {
        rule: 'geometry',
        message: 'A keypoint has no `value.height`: with one the editor takes it for a rectangle.',
      }
    : undefined,
)

export const polygon: Check = ({ points }) => {
  if (!Array.isArray(points) || points.length < 3) {
    return { rule: 'geometry', message: `\`value.points\` must be 3 points or more; it is ${show(points)}.` }
  }
  const wrong = points.findIndex((point) => !isPoint(point))
  return wrong < 0
    ? undefined
    : {
        rule: 'range',
        message: `\`value.points[${wrong}]\` must be [x, y] in percent, at most 100; it is ${show(points[wrong])}.`,
      }
}

export const vector: Check = ({ vertices, closed }) => {
  if (closed !== undefined && typeof closed !== 'boolean') {
    return { rule: 'geometry', message: `\`value.closed\` must be true or false; it is ${show(closed)}.` }
  }
  if (!Array.isArray(vertices) || vertices.length === 0) {
    return {
      rule: 'geometry',
      message: `\`value.vertices\` must be a list of vertices; it is ${show(vertices)}.`,
    }
  }
  const wrong = vertices.find((vertex) => !isValue(vertex) || !isPlace(vertex.x) || !isPlace(vertex.y))
  return wrong === undefined
    ? undefined
    : { rule: 'range', message: `A vertex must have x and y in percent, at most 100; one is ${show(wrong)}.` }
}

export const brush: Check = (value, { item }) => {
  if (value.rle === undefined && (value.touches !== undefined || value.maskDataURL !== undefined))
    return undefined
  const { format, rle } = value
  const isBytes = Array.isArray(rle) && rle.length > 0 && rle.every(isByte)
  if (format !== 'rle' || !isBytes) {
    return { rule: 'rle', message: 'A brush needs `value.format` `"rle"` and `value.rle`, a list of bytes.' }
  }
  return wrongLength(rle, item)
}

/** The first four bytes of the code are the number of values: four (RGBA) for each pixel. */
function wrongLength(rle: readonly number[], { original_width, original_height }: Value): Fault | undefined {
  if (!isNumber(original_width) || !isNumber(original_height)) return undefined
  const values = rle.slice(0, 4).reduce((sum, byte) => sum * 256 + byte, 0)
  return values === original_width * original_height * 4
    ? undefined
    : {
        rule: 'rle',
        message: `\`value.rle\` codes ${values} values, but an image of ${original_width} × ${original_height} has ${original_width * original_height * 4}.`,
      }
}

function isByte(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255
}

export const bitmask = every(
  ['imageDataURL'],
  'geometry',
  (value) => typeof value === 'string' && value.startsWith('data:image/'),
  'a picture as a `data:` URL',
)

export const videoRectangle = all(
  every(
    ['framesCount'],
    'range',
    (value) => Number.isInteger(value) && Number(value) > 0,
    'the number of frames of the video',
  ),
  every(['duration'], 'range', (value) => isNumber(value) && value >= 0, "the video's length in seconds"),
  optional(['labels'], 'label', isStrings, 'a list of labels'),
  ({ sequence }, subject) => {
    if (!Array.isArray(sequence) || sequence.length === 0) {
      return {
        rule: 'geometry',
        message: `\`value.sequence\` must be a list of keyframes; it is ${show(sequence)}.`,
      }
    }
    return sequence.map((frame) => keyframeFault(frame, subject)).find((fault) => fault !== undefined)
  },
)

const keyframe = all(
  every(
    ['frame'],
    'range',
    (value) => Number.isInteger(value) && Number(value) >= 1,
    'a frame number from 1',
  ),
  rectangle,
)

function keyframeFault(frame: unknown, subject: Parameters<Check>[1]): Fault | undefined {
  if (!isValue(frame))
    return { rule: 'geometry', message: `A keyframe must be an object; one is ${show(frame)}.` }
  return keyframe(frame, subject)
}

/** By its keys, as the editor tells the kind of a region: for items that repeat the geometry of their region. */
export const anyGeometry: Check = (value, subject) => {
  if ('rle' in value) return brush(value, subject)
  if ('points' in value) return polygon(value, subject)
  if ('vertices' in value) return vector(value, subject)
  if ('radiusX' in value) return ellipse(value, subject)
  if ('height' in value) return rectangle(value, subject)
  return 'x' in value ? keypoint(value, subject) : undefined
}
