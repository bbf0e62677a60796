import type { FoundControl, LabelingConfig } from '../../src/labeling/config.ts'
import { parseLabelingConfig } from '../../src/labeling/parse.ts'

/** A labeling config of one image and these controls. */
export function imageConfig(
  controls: string,
  image = '<Image name="image" value="$image"/>',
): LabelingConfig {
  return parseLabelingConfig(`<View>${image}${controls}</View>`)
}

/** The one control of such a config, of a tag that may have labels. */
export function imageControl(tag: string, labels: readonly string[] = []): FoundControl {
  const children = labels.map((label) => `<Label value="${label}"/>`).join('')
  return imageConfig(`<${tag} name="c" toName="image">${children}</${tag}>`).findControl({ control: tag })
}
