import { expect, test } from 'bun:test'
import pkg from '../package.json'
import * as bun from '../src/bun.ts'
import * as main from '../src/index.ts'
import * as learning from '../src/learning/index.ts'
import * as protocol from '../src/protocol/index.ts'
import * as testing from '../src/testing.ts'
import * as training from '../src/trainers/index.ts'
import * as vision from '../src/vision/index.ts'

// A name that is added here is a promise; one that is taken away breaks somebody's backend.

test('lsml', () => {
  expect(Object.keys(main).toSorted()).toEqual([
    'LsmlError',
    'TaskFailure',
    'boxToQuad',
    'checkRegions',
    'compareWithPrediction',
    'controlOf',
    'controlOfIfAny',
    'controlsOf',
    'createApp',
    'createEvaluation',
    'createInlineRunner',
    'createLogger',
    'createMemoryStore',
    'defineBackend',
    'eachTask',
    'findTextControls',
    'mapLabels',
    'maskOutlines',
    'newSubmissions',
    'openSqliteStore',
    'parseLabelingConfig',
    'quadToBox',
    'readControlParams',
    'readDataPath',
    'readRegions',
    'readSubmissions',
    'regionId',
    'regionPolygon',
    'relate',
    'silentLogger',
    'taskSubmissions',
    'taskValues',
  ])
})

test('lsml/bun', () => {
  expect(Object.keys(bun).toSorted()).toEqual(['createProcessRunner', 'serve'])
})

test('lsml/vision', () => {
  expect(Object.keys(vision).toSorted()).toEqual([
    'COCO_CLASSES',
    'createPageReader',
    'detectInside',
    'openImageClassifierIfAny',
    'openImageEmbedder',
    'openObjectDetector',
    'openTextDetector',
    'openTextOrientation',
    'openTextRecognizer',
    'readingOrder',
    'searchPrefixes',
  ])
})

test('lsml/learning', () => {
  expect(Object.keys(learning).toSorted()).toEqual([
    'CROP_FEATURES',
    'applyLearnt',
    'calibrateThreshold',
    'classProbabilities',
    'classify',
    'createTfIdf',
    'cropFeatures',
    'fitCalibratedClassifier',
    'fitLinearClassifier',
    'fitMultiLabelClassifier',
    'fitTextRescorer',
    'fitTfIdf',
    'labelProbabilities',
    'learnDetections',
    'learnTexts',
    'matchBoxes',
    'readLearnt',
    'readMemory',
    'readTextMemory',
    'remembered',
    'rememberedTexts',
    'updateMemory',
    'updateTextMemory',
    'withPairs',
    'wordsOf',
  ])
})

test('lsml/testing', () => {
  expect(Object.keys(testing).toSorted()).toEqual(['fakeSession', 'testBackend'])
})

test('lsml/training', () => {
  expect(Object.keys(training).toSorted()).toEqual(['findTrainedModel', 'trainWith'])
})

test('lsml/protocol', () => {
  expect(Object.keys(protocol).toSorted()).toEqual([
    'TRAINING_ACTIONS',
    'WEBHOOK_ACTIONS',
    'deleteRequestSchema',
    'duplicateRequestSchema',
    'extraParamsSchema',
    'jobStatusRequestSchema',
    'predictContextSchema',
    'predictRequestSchema',
    'projectIdOf',
    'projectKeySchema',
    'setupRequestSchema',
    'taskSchema',
    'toEvent',
    'toTrainWebhook',
    'trainRequestSchema',
    'validateRequestSchema',
    'versionsRequestSchema',
    'webhookRequestSchema',
  ])
})

test('the package has these entries, and each is there', async () => {
  expect(Object.keys(pkg.exports)).toEqual([
    '.',
    './bun',
    './vision',
    './learning',
    './protocol',
    './testing',
    './training',
    './package.json',
  ])
  for (const path of Object.values(pkg.exports)) {
    expect(await Bun.file(new URL(`../${path}`, import.meta.url)).exists()).toBe(true)
  }
})
