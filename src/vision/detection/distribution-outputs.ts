import type { Session, TensorInfo } from '../../onnx/session.ts'
import type { InputFrame } from '../input-frame.ts'
import type { DistributionLevel } from './distribution.ts'
import type { ImageSize } from './family.ts'
import { checkCells, countCells } from './grid.ts'
import { fitsShape, isFloat, type Outputs, readFloats } from './tensors.ts'

/** The two outputs of one grid: `[n, cells, classes]` and `[n, cells, 4 · bins]`. */
export interface LevelOutputs {
  readonly scores: string
  readonly distances: string
  readonly stride: number
}

export interface DistributionOutputs {
  readonly levels: readonly LevelOutputs[]
  readonly classCount: number
  readonly bins: number
}

/**
 * Pairs outputs by their order: those of scores first, then those of distances, or by turns.
 *
 * @param size of the tensor; undefined where it is free, and any number of cells fits
 * @param order `grouped`: all scores, then all distances; `paired`: those of a grid one after the other
 * @returns undefined when the outputs are not those of such a model for images of this size and grids of these strides
 */
export function pairOutputs(
  { outputs }: Session,
  size: ImageSize | undefined,
  strides: readonly number[],
  order: 'grouped' | 'paired',
): DistributionOutputs | undefined {
  const count = strides.length
  if (outputs.length !== count * 2) return undefined
  return checkLevels(
    strides.map((stride, index) => ({
      stride,
      scores: outputs[order === 'grouped' ? index : index * 2],
      distances: outputs[order === 'grouped' ? count + index : index * 2 + 1],
    })),
    size,
  )
}

/** The levels whose outputs have the shapes of one model: as many cells as the grid has, one number of classes and bins. */
export function checkLevels(
  levels: readonly {
    readonly stride: number
    readonly scores: TensorInfo | undefined
    readonly distances: TensorInfo | undefined
  }[],
  size: ImageSize | undefined,
): DistributionOutputs | undefined {
  const classCount = levels[0]?.scores?.shape?.[2]
  const sides = levels[0]?.distances?.shape?.[2]
  if (typeof classCount !== 'number' || typeof sides !== 'number' || sides % 4 !== 0 || sides < 8)
    return undefined
  const checked: LevelOutputs[] = []
  for (const { stride, scores, distances } of levels) {
    const cells = size && countCells(size, [stride])
    const fits = (info: TensorInfo, length: number) =>
      isFloat(info) && fitsShape(info, undefined, cells, length)
    if (scores === undefined || distances === undefined) return undefined
    if (!fits(scores, classCount) || !fits(distances, sides)) return undefined
    checked.push({ stride, scores: scores.name, distances: distances.name })
  }
  return { levels: checked, classCount, bins: sides / 4 }
}

/**
 * The answer for one image of a batch.
 *
 * @throws LsmlError INVALID_MODEL when it has not a row for each cell of the grids
 */
export function readLevels(
  outputs: Outputs,
  { levels, classCount, bins }: DistributionOutputs,
  { tensorWidth: width, tensorHeight: height }: InputFrame,
  image: number,
): DistributionLevel[] {
  return levels.map(({ stride, scores, distances }) => {
    const cells = countCells({ width, height }, [stride])
    const values = (name: string, step: number) => {
      const { data, dims } = readFloats(outputs, name)
      checkCells(name, dims[1], cells)
      return { data, offset: image * cells * step, step }
    }
    return {
      stride,
      columns: Math.ceil(width / stride),
      cells,
      scores: values(scores, classCount),
      distances: values(distances, 4 * bins),
    }
  })
}
