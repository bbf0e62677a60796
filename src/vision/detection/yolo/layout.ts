import type { Session, TensorInfo } from '../../../onnx/session.ts'
import type { ImageSize } from '../family.ts'
import { countCells } from '../grid.ts'
import { isFloat } from '../tensors.ts'
import type { YoloMetadata } from './metadata.ts'

/** What follows the scores of a box. */
export type YoloExtra =
  | { readonly kind: 'none' }
  /** Radians, clockwise. */
  | { readonly kind: 'angle' }
  | { readonly kind: 'keypoints'; readonly count: number; readonly numbers: number }
  /** Weights of the prototypes that make up its mask, and the output that has them: `[n, count, height, width]`. */
  | { readonly kind: 'mask'; readonly count: number; readonly prototypes: string }

export interface YoloLayout {
  readonly output: string
  /**
   * `rows`: `[n, boxes, 5 + classes + extra]`, with that there is an object at all (YOLOv5, YOLOv7).
   * `columns`: `[n, 4 + classes + extra, boxes]` (YOLOv8, YOLOv9, YOLO11).
   * `final`: `[n, boxes, 6 + extra]`, the best first, with one score and the class (YOLOv10, YOLO26, exports with `nms`).
   */
  readonly form: 'rows' | 'columns' | 'final'
  readonly classCount: number | undefined
  readonly extra: YoloExtra
}

export interface LayoutHints {
  readonly metadata: Pick<YoloMetadata, 'task' | 'keypoints' | 'isEndToEnd'>
  /** Sides of the input, where they are fixed. */
  readonly size: ImageSize | undefined
  /** How many classes it is known to tell apart, and undefined when only the shapes can say. */
  readonly classCount: number | undefined
  /** Whether the family is named, so that a number of boxes that only others have fits too. */
  readonly isNamed: boolean
}

/** Grids of the usual models, of those for large images (P6), and of those for small objects (P2). */
const STRIDES = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
]

/** `final` outputs have 300 boxes as exported, and never as many as grids have cells. */
const MAX_FINAL = 1000

/** @returns undefined when the outputs are not those of a YOLO with this number of classes */
export function findLayout(session: Session, hints: LayoutHints): YoloLayout | undefined {
  const outputs = findParts(session)
  if (outputs === undefined) return undefined
  const extra = extraOf(outputs.prototypes, hints.metadata)
  const after = extraLength(extra)
  const [, second, third] = outputs.boxes.shape ?? []
  const form =
    finalForm(second, third, after, hints) ??
    (hints.classCount === undefined
      ? formOfGrids(second, third, after, hints)
      : formOfClasses(second, third, hints.classCount + after))
  if (form === undefined) return undefined
  const length = form === 'columns' ? second : third
  const inferred = Number(length) - (form === 'rows' ? 5 : 4) - after
  return {
    output: outputs.boxes.name,
    form,
    classCount: hints.classCount ?? (form === 'final' ? undefined : inferred),
    extra,
  }
}

export function extraLength(extra: YoloExtra): number {
  if (extra.kind === 'mask') return extra.count
  if (extra.kind === 'keypoints') return extra.count * extra.numbers
  return extra.kind === 'angle' ? 1 : 0
}

/** The output of boxes and that of prototypes; old exports of YOLOv5 and YOLOv7 have raw maps of 5 axes besides. */
function findParts({
  outputs,
}: Session): { readonly boxes: TensorInfo; readonly prototypes: TensorInfo | undefined } | undefined {
  const ofRank = (rank: number) => outputs.filter((info) => isFloat(info) && info.shape?.length === rank)
  const [boxes, ...others] = ofRank(3)
  const [prototypes, ...more] = ofRank(4)
  const isAll = ofRank(5).length + 1 + (prototypes === undefined ? 0 : 1) === outputs.length
  return boxes !== undefined && others.length === 0 && more.length === 0 && isAll
    ? { boxes, prototypes }
    : undefined
}

function extraOf(
  prototypes: TensorInfo | undefined,
  { task, keypoints }: LayoutHints['metadata'],
): YoloExtra {
  if (prototypes !== undefined) {
    const count = prototypes.shape?.[1]
    // `nm` of Ultralytics' and YOLOv5's segmentation heads.
    return { kind: 'mask', count: typeof count === 'number' ? count : 32, prototypes: prototypes.name }
  }
  if (task === 'pose' && keypoints !== undefined)
    return { kind: 'keypoints', count: keypoints[0], numbers: keypoints[1] }
  return { kind: task === 'obb' ? 'angle' : 'none' }
}

type Axis = number | string | undefined

/** One class and its object look like a score and a class: then the number of boxes tells. */
function finalForm(
  second: Axis,
  third: Axis,
  after: number,
  { metadata, size, classCount, isNamed }: LayoutHints,
): 'final' | undefined {
  if (third !== 6 + after || (classCount === undefined && !isNamed)) return undefined
  const isGrid = size !== undefined && countsOf(size, 3).includes(Number(second))
  const isFew = typeof second === 'number' && second <= MAX_FINAL && !isGrid
  return metadata.isEndToEnd || isFew ? 'final' : undefined
}

function formOfClasses(second: Axis, third: Axis, numbers: number): 'rows' | 'columns' | undefined {
  if (second === 4 + numbers) return 'columns'
  return third === 5 + numbers ? 'rows' : undefined
}

function formOfGrids(
  second: Axis,
  third: Axis,
  after: number,
  { size, isNamed }: LayoutHints,
): 'rows' | 'columns' | undefined {
  if (size === undefined || typeof second !== 'number' || typeof third !== 'number') return undefined
  const [cells, anchors] = [countsOf(size, 1), countsOf(size, 3)]
  if (cells.includes(third) && !cells.includes(second) && second > 4 + after) return 'columns'
  // Rows of one box a cell are YOLOX's, whose numbers are no boxes yet; those of other makers need the family's name.
  const isRows = anchors.includes(second) || (isNamed && cells.includes(second))
  return isRows && third > 5 + after ? 'rows' : undefined
}

/** How many boxes grids of the usual strides have, with so many a cell. */
function countsOf(size: ImageSize, boxes: number): number[] {
  return STRIDES.map((strides) => countCells(size, strides) * boxes)
}
