import { serve } from '@hono/node-server'
import { createApp, silentLogger } from '../../src/index.ts'
import backend from './backend.js'

const app = createApp(backend, { log: silentLogger, bodyLimit: 1000 })
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(port))
