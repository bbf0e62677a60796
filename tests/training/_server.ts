import { join } from 'node:path'
import { createLogger } from '../../src/log.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import { createApp } from '../../src/server/app.ts'
import { serve } from '../../src/server/serve.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'

// A server to be killed by a test: it prints its address.
const [dataDir = '', pidFile = '', slowMs = '0'] = process.argv.slice(2)
const log = createLogger('warn')
const runner = await createProcessRunner({
  module: join(import.meta.dir, 'backends/remembers.ts'),
  log,
  logLevel: 'warn',
  settings: { params: [{ source: 'the test', values: { pidFile, slowMs } }] },
})
const app = createApp(runner, {
  store: await openSqliteStore(join(dataDir, 'store.sqlite')),
  dataDir,
  training: { quietMs: 20, retryDelayMs: 50, maxAttempts: 100 },
  log,
})
await app.started
const { url } = await serve(app, { port: 0, hostname: '127.0.0.1' })
process.stdout.write(`${url}\n`)
