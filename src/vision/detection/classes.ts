import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LsmlError, toError } from '../../errors.ts'
import type { OpenModel } from '../../registry/models.ts'
import { readConfigClasses } from '../mmdeploy/config-classes.ts'
import { COCO_CLASSES } from './coco-classes.ts'
import type { DetectionRecipe } from './family.ts'

/** Names that are known before the family is. */
export interface GivenClasses {
  readonly names: readonly string[]
  /** Where they are from, to begin a message with. */
  readonly from: string
}

/**
 * The classes that a caller names, else those of the model's manifest, else those in its config of MMDetection.
 *
 * @param classes names, or the path of a file with one a line
 * @param config a path; nothing need be there
 * @throws LsmlError INVALID_PARAMS for a list that cannot be read or names none
 */
export async function givenClasses(
  classes: readonly string[] | string | undefined,
  model: OpenModel,
  config?: string | undefined,
): Promise<GivenClasses | undefined> {
  if (typeof classes === 'string')
    return { names: await readClasses(classes), from: `The list \`${classes}\`` }
  if (classes !== undefined) return { names: classes, from: 'The list of classes' }
  const written = model.classes
  if (written !== undefined) {
    const names =
      typeof written === 'string' ? await readClasses(join(dirname(model.file), written)) : written
    return { names, from: `The manifest of \`${model.name}\`` }
  }
  const names = config === undefined ? undefined : await readConfigClasses(config)
  return names && { names, from: `The config \`${config}\`` }
}

/**
 * The classes of a detector, in the order of the model's numbers: those given, else those that the model tells, else
 * COCO's 80.
 *
 * @throws LsmlError INVALID_PARAMS when the model tells another number of classes apart
 */
export function chooseClasses(
  given: GivenClasses | undefined,
  { classes, classCount }: DetectionRecipe,
  { file }: OpenModel,
): readonly string[] {
  const { names, from } =
    given ??
    (classes === undefined
      ? { names: COCO_CLASSES, from: 'The list of COCO, which is taken where none is given,' }
      : { names: classes, from: 'The list of the model itself' })
  if (classCount === undefined || classCount === names.length) return names
  throw new LsmlError(
    'INVALID_PARAMS',
    `${from} has \`${names.length}\` classes, and the model \`${file}\` tells \`${classCount}\` apart. Give a list with the name of each, in the order in which it was trained.`,
  )
}

async function readClasses(file: string): Promise<readonly string[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new LsmlError(
      'INVALID_PARAMS',
      `The list of classes \`${file}\` cannot be read: ${toError(error).message}.`,
      { cause: error },
    )
  }
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
  while (names.at(-1) === '') names.pop()
  const empty = names.indexOf('')
  if (names.length > 0 && empty < 0) return names
  throw new LsmlError(
    'INVALID_PARAMS',
    names.length === 0
      ? `The list of classes \`${file}\` is empty. Write one name a line.`
      : `The list of classes \`${file}\` has no name in line \`${empty + 1}\`. Write one name a line, in the order in which the model was trained.`,
  )
}
