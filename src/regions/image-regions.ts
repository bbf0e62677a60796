import type { Point } from '../geometry/point.ts'
import type { FoundControl } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { buildImageRegion, type RegionOptions } from './build.ts'
import { brushValue, type Mask } from './brush-value.ts'
import type { Page } from './percent.ts'
import type { RotatedBox } from './rotated-box.ts'
import {
  type Ellipse,
  ellipseValue,
  type Keypoint,
  keypointValue,
  polygonValue,
  rectangleValue,
} from './shape-values.ts'

/**
 * A region of a `RectangleLabels` or `Rectangle` control.
 *
 * @param box in pixels of the page; see `quadToBox` for four corners
 */
export function rectangle(found: FoundControl, page: Page, box: RotatedBox, options?: RegionOptions): Region {
  return buildImageRegion(found, page, rectangleValue(box, page), options)
}

/** A region of a `PolygonLabels` or `Polygon` control, from three or more points in pixels of the page. */
export function polygon(
  found: FoundControl,
  page: Page,
  points: readonly Point[],
  options?: RegionOptions,
): Region {
  return buildImageRegion(found, page, polygonValue(points, page), options)
}

/** A region of an `EllipseLabels` or `Ellipse` control. */
export function ellipse(found: FoundControl, page: Page, shape: Ellipse, options?: RegionOptions): Region {
  return buildImageRegion(found, page, ellipseValue(shape, page), options)
}

/** A region of a `KeyPointLabels` or `KeyPoint` control. */
export function keypoint(found: FoundControl, page: Page, point: Keypoint, options?: RegionOptions): Region {
  return buildImageRegion(found, page, keypointValue(point, page), options)
}

/**
 * A region of a `BrushLabels` or `Brush` control.
 *
 * @param mask in pixels of the page
 */
export function brush(found: FoundControl, page: Page, mask: Mask, options?: RegionOptions): Region {
  return buildImageRegion(found, page, brushValue(mask, page), options)
}
