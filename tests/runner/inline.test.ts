import { silentLogger } from '../../src/log.ts'
import { createInlineRunner } from '../../src/runner/inline.ts'
import backend from './backends/scripted.ts'
import { describeRunner } from './conformance.ts'

describeRunner('the inline runner', async (settings = {}, options = {}) =>
  createInlineRunner(backend, settings, { log: silentLogger, ...options }),
)
