import { join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import { jobOf } from './conformance.ts'

// A process with a worker that goes past a gate and then does not come back: to be killed by a test.
const [action, gate] = process.argv.slice(2)
const module = join(import.meta.dir, 'backends/scripted.ts')
const runner = await createProcessRunner({ module, log: silentLogger, logLevel: 'silent' })
await runner.predict(jobOf('p', [{ do: 'wait', at: gate }, action]))
