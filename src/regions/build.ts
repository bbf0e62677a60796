import type { FoundControl } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import type { Plain } from './controls/items.ts'
import { regionId } from './id.ts'
import type { Page } from './percent.ts'

interface RegionOptions extends Plain {
  /** As results carry them. */
  readonly labels?: readonly string[] | undefined
}

/** One item of a result: names and type from the config, labels under the control's own key where it has labels. */
export function buildRegion(
  { control, object }: FoundControl,
  value: Readonly<Record<string, unknown>>,
  { labels = [], score, id, parent }: RegionOptions = {},
  root: Root = {},
): Region {
  const type = control.type.toLowerCase()
  return {
    id: id ?? regionId(),
    from_name: control.name,
    to_name: object.name,
    type,
    value: type.endsWith('labels') ? { ...value, [type]: labels } : value,
    ...(score !== undefined && { score }),
    ...(parent !== undefined && { parentID: parent }),
    ...root,
  }
}

/** What stands beside `value`, such as the size of the page. */
export interface Root extends Pick<
  Region,
  'original_width' | 'original_height' | 'image_rotation' | 'item_index'
> {
  /** Seconds of a recording. */
  readonly original_length?: number | undefined
}

/** The size of the page, which exports and the editor need. */
export function pageRoot({ width, height, itemIndex }: Page): Root {
  return {
    original_width: width,
    original_height: height,
    image_rotation: 0,
    ...(itemIndex !== undefined && { item_index: itemIndex }),
  }
}
