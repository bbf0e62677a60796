import { parsePythonLiteral, type PythonValue } from './python-literal.ts'

/** What Ultralytics' exporters (YOLOv5, and YOLOv8 and later) write into a model. */
export interface YoloMetadata {
  readonly names: readonly string[] | undefined
  /** Such as `detect`, `segment`, `pose` or `obb`; YOLOv5 says none. */
  readonly task: string | undefined
  readonly size: readonly [width: number, height: number] | undefined
  /** Of what both sides of an image are multiples. */
  readonly stride: number
  /** Of a pose: how many keypoints, and how many numbers each has: x, y, and maybe how surely it is seen. */
  readonly keypoints: readonly [count: number, numbers: number] | undefined
  /** Whether the model suppresses overlapping boxes itself, or was trained to have none. */
  readonly isEndToEnd: boolean
}

export function readYoloMetadata(metadata: Readonly<Record<string, string>>): YoloMetadata {
  const value = (key: string) => parsePythonLiteral(metadata[key] ?? '')
  const size = pairOf(value('imgsz'))
  const stride = value('stride')
  return {
    names: namesOf(value('names')),
    task: metadata.task,
    size: size && [size[1], size[0]],
    stride: isWhole(stride) ? stride : 32,
    keypoints: pairOf(value('kpt_shape')),
    isEndToEnd: value('end2end') === true,
  }
}

/** A list, or a dictionary whose keys are 0, 1, 2 … without a gap. */
function namesOf(value: PythonValue | undefined): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const names = Array.isArray(value)
    ? (value as readonly PythonValue[])
    : Array.from({ length: Object.keys(value).length }, (_, index) => dictionary(value)[index])
  return names.length > 0 && names.every((name) => typeof name === 'string') ? names : undefined
}

function dictionary(value: object): Readonly<Record<string, PythonValue>> {
  return value as Readonly<Record<string, PythonValue>>
}

function pairOf(value: PythonValue | undefined): readonly [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const [first, second] = value as readonly PythonValue[]
  return isWhole(first) && isWhole(second) ? [first, second] : undefined
}

function isWhole(value: PythonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
