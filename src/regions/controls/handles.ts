import type { Box } from '../../geometry/box.ts'
import type { Point } from '../../geometry/point.ts'
import type { FoundControl } from '../../labeling/config.ts'
import type { Region } from '../../protocol/result.ts'
import type { Mask } from '../brush-value.ts'
import type { Complete } from '../complete.ts'
import type { Page } from '../percent.ts'
import type { RotatedBox } from '../rotated-box.ts'
import type { Ellipse, Keypoint } from '../shape-values.ts'
import type { Vertex } from '../vector-value.ts'
import type { AnswerOptions, Labeled, Plain, ReadAnswer, ReadRegion, Result } from './items.ts'
import type { ParagraphSpan, SpanOfNodes, SpanOfText } from './text-kinds.ts'
import type { AudioSegment, Sound, TimeSegment } from './time-kinds.ts'
import type { FrameRange, Track, Video } from './video-kinds.ts'

/** A control tag of a labeling config, with what writes and reads the results of its kind. */
export interface Handle<Tag extends string> extends FoundControl {
  /** As Label Studio's documentation spells it, whatever the config has; it tells handles apart. */
  readonly tag: Tag
  /**
   * Of a tag inside a Repeater: the one with this 0-based index, such as `labels_2` of `labels_{{idx}}`.
   *
   * @throws LsmlError INVALID_BACKEND outside of a Repeater
   */
  at(index: number): this
}

/** A control whose results are places on what is labeled. */
export interface ShapeHandle<Tag extends string, Place, Draw, Shape> extends Handle<Tag> {
  /** The same control on one image, text or other: what units are converted and offsets checked with. */
  on(place: Place): Draw & Reads<ReadRegion<Shape>>
  /**
   * All places of this control in a result, on whatever page; items of other controls are passed over.
   *
   * @throws LsmlError INVALID_REQUEST when an item lacks the size of its page: say it with `on`
   */
  read(result: Result): readonly ReadRegion<Shape>[]
}

export interface Reads<Item> {
  /** Those on this page. */
  read(result: Result): readonly Item[]
}

/** A control whose results are answers, about the whole task or, with `perRegion`, about a region. */
export interface AnswerHandle<Tag extends string, Given, Read> extends Handle<Tag> {
  /** @throws LsmlError INVALID_BACKEND for an answer that the control does not take, or about the wrong thing */
  answer(given: Given, options?: AnswerOptions): Region
  read(result: Result): readonly ReadAnswer<Read>[]
}

export interface ReadBox {
  readonly box: Complete<RotatedBox>
}
export interface ReadPoints {
  readonly points: readonly Point[]
}
export interface ReadMask {
  readonly mask: Mask
}
export interface ReadPath {
  readonly vertices: readonly Vertex[]
  readonly closed: boolean
}

export interface DrawsRectangles<Options> {
  /** @param shape `box` in pixels of the page: upright, or turned (`quadToBox` has it of four corners) */
  rectangle(shape: { readonly box: RotatedBox | Box } & Options): Region
}
export interface DrawsEllipses<Options> {
  ellipse(shape: Ellipse & Options): Region
}
export interface DrawsPolygons<Options> {
  /** @param shape `points` in pixels of the page, three or more */
  polygon(shape: ReadPoints & Options): Region
}
export interface DrawsKeypoints<Options> {
  keypoint(shape: Keypoint & Options): Region
}
export interface DrawsBrushes<Options> {
  /** @param shape `mask` in pixels of the page */
  brush(shape: ReadMask & Options): Region
}
export interface DrawsBitmasks<Options> {
  /** @param shape `mask` in pixels of the page */
  bitmask(shape: ReadMask & Options): Region
}
export interface DrawsPaths<Options> {
  /** @param shape `closed` is false when it is not said */
  path(
    shape: { readonly vertices: readonly Vertex[]; readonly closed?: boolean | undefined } & Options,
  ): Region
}
export interface MarksSpans<Shape> {
  span(shape: Shape & Labeled): Region
}

type OnPage<Tag extends string, Draw, Shape> = ShapeHandle<Tag, Page, Draw, Shape>
type Strings = string | readonly string[]

/** What `controlOf` gives for each control tag but `Labels`, which hangs on its object. */
export interface ControlHandles {
  Rectangle: OnPage<'Rectangle', DrawsRectangles<Plain>, ReadBox>
  RectangleLabels: OnPage<'RectangleLabels', DrawsRectangles<Labeled>, ReadBox>
  Ellipse: OnPage<'Ellipse', DrawsEllipses<Plain>, Complete<Ellipse>>
  EllipseLabels: OnPage<'EllipseLabels', DrawsEllipses<Labeled>, Complete<Ellipse>>
  Polygon: OnPage<'Polygon', DrawsPolygons<Plain>, ReadPoints>
  PolygonLabels: OnPage<'PolygonLabels', DrawsPolygons<Labeled>, ReadPoints>
  KeyPoint: OnPage<'KeyPoint', DrawsKeypoints<Plain>, Complete<Keypoint>>
  KeyPointLabels: OnPage<'KeyPointLabels', DrawsKeypoints<Labeled>, Complete<Keypoint>>
  Brush: OnPage<'Brush', DrawsBrushes<Plain>, ReadMask>
  BrushLabels: OnPage<'BrushLabels', DrawsBrushes<Labeled>, ReadMask>
  MagicWand: OnPage<'MagicWand', DrawsBrushes<Plain>, ReadMask>
  Bitmask: OnPage<'Bitmask', DrawsBitmasks<Plain>, ReadMask>
  BitmaskLabels: OnPage<'BitmaskLabels', DrawsBitmasks<Labeled>, ReadMask>
  Vector: OnPage<'Vector', DrawsPaths<Plain>, ReadPath>
  VectorLabels: OnPage<'VectorLabels', DrawsPaths<Labeled>, ReadPath>
  /** Its labels are those of the `Labels` of the same video, if there are any. */
  VideoRectangle: ShapeHandle<
    'VideoRectangle',
    Video,
    { track(shape: Track & Plain & Partial<Labeled>): Region },
    Track
  >
  TimelineLabels: ShapeHandle<
    'TimelineLabels',
    void,
    { range(shape: FrameRange & Labeled): Region },
    FrameRange
  >
  /** On a HyperText; on a Text, spans are those of `Labels`. */
  HyperTextLabels: ShapeHandle<'HyperTextLabels', string | void, MarksSpans<SpanOfNodes>, SpanOfNodes>
  /** On the texts of a dialogue. */
  ParagraphLabels: ShapeHandle<'ParagraphLabels', readonly string[], MarksSpans<ParagraphSpan>, ParagraphSpan>
  TimeSeriesLabels: ShapeHandle<
    'TimeSeriesLabels',
    void,
    { segment(shape: TimeSegment & Labeled): Region },
    TimeSegment
  >
  Choices: AnswerHandle<'Choices', Strings, readonly string[]>
  Taxonomy: AnswerHandle<'Taxonomy', readonly (readonly string[])[], readonly (readonly string[])[]>
  Rating: AnswerHandle<'Rating', number, number>
  Number: AnswerHandle<'Number', number, number>
  DateTime: AnswerHandle<'DateTime', string, string>
  TextArea: AnswerHandle<'TextArea', Strings, readonly string[]>
  Pairwise: AnswerHandle<'Pairwise', 'left' | 'right', 'left' | 'right'>
  /** One order of ids, or the ids of each Bucket. */
  Ranker: AnswerHandle<
    'Ranker',
    readonly string[] | Readonly<Record<string, readonly string[]>>,
    Readonly<Record<string, readonly string[]>>
  >
  Chat: AnswerHandle<'Chat', ChatMessage, ChatMessage>
}

export interface ChatMessage {
  readonly role: string
  readonly content: string
  /** Milliseconds since 1970. */
  readonly createdAt?: number | undefined
}

/** What `controlOf` gives for `Labels`, by the object that they are for. */
export interface LabelsHandles {
  Text: ShapeHandle<'Labels', string, MarksSpans<SpanOfText>, SpanOfText>
  HyperText: ShapeHandle<'Labels', string | void, MarksSpans<SpanOfNodes>, SpanOfNodes>
  Audio: ShapeHandle<'Labels', Sound, { segment(shape: AudioSegment & Labeled): Region }, AudioSegment>
  /** They name a plain Rectangle or other shape: say which with `about`. */
  Image: AnswerHandle<'Labels', Strings, readonly string[]>
}
