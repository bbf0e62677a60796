import { expect, test } from 'bun:test'
import * as protocol from '../../src/protocol/index.ts'

test('`lsml/protocol` is these names', () => {
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
