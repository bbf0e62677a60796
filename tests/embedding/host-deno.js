import { createApp, silentLogger } from '../../src/index.ts'
import backend from './backend.js'

const app = createApp(backend, { log: silentLogger, bodyLimit: 1000 })
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) }, app.fetch)
