import type { LabelingConfig } from '../../src/labeling/config.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'
import { type ControlHandle, type ControlName, controlOf } from '../../src/regions/controls/control-of.ts'

/** A labeling config of one image and these controls. */
export function imageConfig(
  controls: string,
  image = '<Image name="image" value="$image"/>',
): LabelingConfig {
  return parseLabelingConfig(`<View>${image}${controls}</View>`)
}

/** The one control of such a config, of a tag that may have labels. */
export function imageControl<Tag extends ControlName>(
  tag: Tag,
  labels: readonly string[] = [],
): ControlHandle<Tag, 'Image'> {
  const children = labels.map((label) => `<Label value="${label}"/>`).join('')
  const config = imageConfig(`<${tag} name="c" toName="image">${children}</${tag}>`)
  return controlOf(config, { control: tag, object: 'Image' })
}
