/**
 * Learning from annotations without any framework: score thresholds for each label, labels by looks, labels of texts,
 * and how a project's lines of text are read. All of it is pure: what is kept between trainings is JSON that a backend's `fit` returns.
 *
 * @module
 */
export type { Box } from '../geometry/box.ts'
export { applyLearnt, type LearntLabeler } from './apply-learnt.ts'
export { calibrateThreshold, type CalibrateOptions, type LabelEvidence } from './calibrate-threshold.ts'
export { fitCalibratedClassifier } from './calibrated-classifier.ts'
export { CROP_FEATURES, cropFeatures } from './crop-features.ts'
export type { Features, SparseFeatures } from './features.ts'
export { learnDetections, type LearnOptions, type LearntDetections } from './learn-detections.ts'
export {
  classify,
  classProbabilities,
  type Example,
  fitLinearClassifier,
  type FitOptions,
  type LinearClassifier,
} from './linear-classifier.ts'
export { matchBoxes } from './match-boxes.ts'
export { fitMultiLabelClassifier, labelProbabilities, type MultiLabelExample } from './multi-label.ts'
export type { RecordChange } from './change-records.ts'
export { readMemory, remembered, type ReviewChange, type ReviewMemory, updateMemory } from './memory.ts'
export { readLearnt } from './read-learnt.ts'
export type { Relabeling } from './relabel.ts'
export type { FoundBox, LabeledBox, Review, ReviewedImage } from './reviewed.ts'
export type { CorrectedLine } from './texts/corrected-line.ts'
export { learnTexts, type LearntTexts } from './texts/learn-texts.ts'
export {
  readTextMemory,
  rememberedTexts,
  type ReviewedTexts,
  type TextMemory,
  updateTextMemory,
} from './texts/text-memory.ts'
export { fitTextRescorer, type TextRescorer, type TextWeights } from './texts/text-rescorer.ts'
export { createTfIdf, fitTfIdf, type TfIdf, type TfIdfOptions } from './tf-idf.ts'
export { withPairs, wordsOf } from './words.ts'
