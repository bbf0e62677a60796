/**
 * Models that see: detectors of objects; text detectors and recognizers, and readers of whole pages made of both.
 *
 * @module
 */
export type { Point, Quad } from '../geometry/point.ts'
export type { Image } from '../image/image.ts'
export type { Box } from '../geometry/box.ts'
export type { Detection, DetectionKeypoint, DetectionMask } from './detection/detection.ts'
export { COCO_CLASSES } from './detection/coco-classes.ts'
export { openObjectDetector } from './detection/object-detector.ts'
export type {
  DetectorNms,
  DetectorTiles,
  ObjectDetector,
  ObjectDetectorOptions,
} from './detection/object-detector.ts'
export { detectInside } from './detection/detect-inside.ts'
export { openImageClassifierIfAny } from './image-classifier.ts'
export type { ImageClassifier, ImageClassifierOptions } from './image-classifier.ts'
export { openImageEmbedder } from './image-embedder.ts'
export type { ImageEmbedder, ImageEmbedderOptions } from './image-embedder.ts'
export type { Candidate, TextCandidates } from './ctc/candidates.ts'
export { type BeamSearchOptions, searchPrefixes, type TextModel } from './ctc/prefix-beam-search.ts'
export { createPageReader } from './ocr.ts'
export type { PageReader, PageReaderOptions, ReadLine } from './ocr.ts'
export { readingOrder } from './reading-order.ts'
export type { RegionText } from './region/read-outline.ts'
export { openTextDetector } from './text-detector.ts'
export type { DetectedText, TextDetector, TextDetectorOptions } from './text-detector.ts'
export { openTextOrientation } from './text-orientation.ts'
export type { TextOrientation, TextOrientationOptions } from './text-orientation.ts'
export { openTextRecognizer } from './text-recognizer.ts'
export type { RecognizedText, TextRecognizer, TextRecognizerOptions } from './text-recognizer.ts'
