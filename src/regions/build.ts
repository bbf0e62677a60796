import type { FoundControl } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { regionId } from './id.ts'
import type { Page } from './percent.ts'

export interface RegionOptions {
  /** The label or labels, as the config spells them (an alias where there is one). */
  readonly label?: string | readonly string[] | undefined
  /** From 0 to 1. */
  readonly score?: number | undefined
  /** Items with one id are one region. @default a new one */
  readonly id?: string | undefined
  /** Id of the region that this one is a part of, below which the list of regions shows it. */
  readonly parent?: string | undefined
}

/** One item of a result: names and type from the config, labels under the control's own key where it has labels. */
export function buildRegion(
  { control, object }: FoundControl,
  value: Readonly<Record<string, unknown>>,
  { label, score, id, parent }: RegionOptions = {},
): Region {
  const type = control.type.toLowerCase()
  return {
    id: id ?? regionId(),
    from_name: control.name,
    to_name: object.name,
    type,
    value: type.endsWith('labels') ? { ...value, [type]: asList(label) } : value,
    ...(score !== undefined && { score }),
    ...(parent !== undefined && { parentID: parent }),
  }
}

/** The same on an image: with the size of its page, which exports and the editor need. */
export function buildImageRegion(
  found: FoundControl,
  page: Page,
  value: Readonly<Record<string, unknown>>,
  options?: RegionOptions,
): Region {
  return {
    ...buildRegion(found, value, options),
    original_width: page.width,
    original_height: page.height,
    image_rotation: 0,
    ...(page.itemIndex !== undefined && { item_index: page.itemIndex }),
  }
}

function asList(label: RegionOptions['label']): readonly string[] {
  if (label === undefined) return []
  return typeof label === 'string' ? [label] : label
}
