import { LsmlError } from '../../errors.ts'
import { boxArea, clipBox } from '../../geometry/box.ts'
import type { Detection } from './detection.ts'
import type { ImageSize } from './family.ts'

/**
 * The detections that are handed on: clipped to the image, without those that are beside it, the best first.
 *
 * @throws LsmlError INVALID_PARAMS for a class without a name
 */
export function finishDetections(
  found: readonly Detection[],
  image: ImageSize,
  {
    classes,
    maxDetections,
    file,
  }: { readonly classes: readonly string[]; readonly maxDetections: number; readonly file: string },
): readonly Detection[] {
  const nameless = found.find(({ classIndex }) => classIndex >= classes.length)
  if (nameless !== undefined)
    throw new LsmlError(
      'INVALID_PARAMS',
      `The model \`${file}\` found the class with the number \`${nameless.classIndex}\`, and its list has \`${classes.length}\` names, from 0 on. Give the list of classes that it was trained with.`,
    )
  return found
    .map((detection) => ({ ...detection, box: clipBox(detection.box, image) }))
    .filter(({ box }) => boxArea(box) > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, maxDetections)
}
