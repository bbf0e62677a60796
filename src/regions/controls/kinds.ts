import * as answer from './answer-kinds.ts'
import type { ControlHandles, LabelsHandles } from './handles.ts'
import * as image from './image-kinds.ts'
import type { Kind } from './kind.ts'
import * as text from './text-kinds.ts'
import * as time from './time-kinds.ts'
import * as video from './video-kinds.ts'

export const KINDS: Readonly<Record<keyof ControlHandles, Kind>> = {
  Rectangle: image.rectangles,
  RectangleLabels: image.rectangles,
  Ellipse: image.ellipses,
  EllipseLabels: image.ellipses,
  Polygon: image.polygons,
  PolygonLabels: image.polygons,
  KeyPoint: image.keypoints,
  KeyPointLabels: image.keypoints,
  Brush: image.brushes,
  BrushLabels: image.brushes,
  MagicWand: image.brushes,
  Bitmask: image.bitmasks,
  BitmaskLabels: image.bitmasks,
  Vector: image.paths,
  VectorLabels: image.paths,
  VideoRectangle: video.tracks,
  TimelineLabels: video.frameRanges,
  HyperTextLabels: text.nodeSpans,
  ParagraphLabels: text.paragraphSpans,
  TimeSeriesLabels: time.timeSegments,
  Choices: answer.choices,
  Taxonomy: answer.taxonomies,
  Rating: answer.ratings,
  Number: answer.numbers,
  DateTime: answer.dates,
  TextArea: answer.textAreas,
  Pairwise: answer.pairs,
  Ranker: answer.rankers,
  Chat: answer.chats,
}

/** `Labels` are what their object makes of them. */
export const LABELS_KINDS: Readonly<Record<keyof LabelsHandles, Kind>> = {
  Text: text.textSpans,
  HyperText: text.nodeSpans,
  Audio: time.audioSegments,
  Image: answer.imageLabels,
}
