import {
  type ControlHandle,
  controlOf,
  controlsOf,
  type FoundControl,
  type LabelingConfig,
  readDataPath,
} from '../../src/index.ts'

/**
 * Every `Choices` that asks about a whole `Text` of the task's own data, and has its choices in the config.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG when there is none
 */
export function findChoices(labeling: LabelingConfig): readonly ControlHandle<'Choices'>[] {
  const options = {
    control: 'Choices',
    object: 'Text',
    where: ({ perRegion, dynamicLabels, labels, objects }: FoundControl['control']) =>
      !perRegion &&
      !dynamicLabels &&
      labels.length > 0 &&
      objects.every(({ valueType }) => valueType !== 'url'),
  } as const
  controlOf(labeling, options)
  return controlsOf(labeling, options)
}

export function isMultiple({ control }: FoundControl): boolean {
  return control.attributes.choice === 'multiple'
}

/** Longer texts are judged by their beginning. */
const MOST_CHARACTERS = 20_000

/** @returns undefined for a task without it */
export function textOf(
  data: Readonly<Record<string, unknown>>,
  { object }: FoundControl,
): string | undefined {
  const value = readDataPath(data, object.value ?? '')
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  return String(value).slice(0, MOST_CHARACTERS)
}
