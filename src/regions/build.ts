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
  root: Root = {},
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
    ...root,
  }
}

/** The same on an image. */
export function buildImageRegion(
  found: FoundControl,
  page: Page,
  value: Readonly<Record<string, unknown>>,
  options?: RegionOptions,
): Region {
  return buildRegion(found, value, options, pageRoot(page))
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

function asList(label: RegionOptions['label']): readonly string[] {
  if (label === undefined) return []
  return typeof label === 'string' ? [label] : label
}
