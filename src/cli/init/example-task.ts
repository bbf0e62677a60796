import type { LabelingConfig, ObjectTag } from '../../labeling/config.ts'
import { taskData } from '../task-data.ts'

/** A white square of 64 pixels. */
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQAAAACCEkxzAAAAEklEQVR42mP4DwUMo4xRBukMAOPT/hAC2mzjAAAAAElFTkSuQmCC'

/**
 * Data of a task that the labeling config can show.
 *
 * @returns undefined when it shows something that cannot be made up, such as a video
 */
export function exampleTask({ objects }: LabelingConfig): Readonly<Record<string, unknown>> | undefined {
  const parts = objects.map((object) => {
    const value = exampleValue(object)
    return value === undefined ? undefined : taskData(object, value)
  })
  if (parts.length === 0 || parts.includes(undefined)) return undefined
  return Object.assign({}, ...parts) as Readonly<Record<string, unknown>>
}

function exampleValue({ type }: ObjectTag): string | undefined {
  if (type === 'Image') return PNG
  return type === 'Text' || type === 'HyperText' ? 'Where is the library?' : undefined
}
