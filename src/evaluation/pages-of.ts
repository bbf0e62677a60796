import type { Region, ResultItem } from '../protocol/result.ts'
import { type MarkedRegion, markedRegions } from '../regions/marked-regions.ts'
import type { Page } from '../regions/percent.ts'

export interface ComparedPage {
  readonly truth: readonly MarkedRegion[]
  readonly found: readonly MarkedRegion[]
}

/** Where no region tells the size of its page: shares do not depend on it, areas do. */
const UNKNOWN = { width: 1000, height: 1000 }

/**
 * What was marked on each page of an object tag, in truth and found.
 *
 * @throws LsmlError INVALID_REQUEST for the mask of a brush that cannot be read
 */
export function pagesOf(
  truth: readonly ResultItem[],
  found: readonly ResultItem[],
  object: string,
): readonly ComparedPage[] {
  const pages = new Map<number, Page>()
  for (const item of [...truth, ...found].filter(isRegion)) {
    if (item.to_name !== object) continue
    const { item_index: itemIndex, original_width: width, original_height: height } = item
    const known = pages.get(itemIndex ?? 0)
    if (width !== undefined && height !== undefined) pages.set(itemIndex ?? 0, { width, height, itemIndex })
    else if (known === undefined) pages.set(itemIndex ?? 0, { ...UNKNOWN, itemIndex })
  }
  return [...pages.values()].map((page) => ({
    truth: markedRegions(truth, object, page).regions,
    found: markedRegions(found, object, page).regions,
  }))
}

function isRegion(item: ResultItem): item is Region {
  return 'value' in item
}
