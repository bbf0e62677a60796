import { serve } from '../../src/bun.ts'
import { createApp, silentLogger } from '../../src/index.ts'
import backend from './backend.js'

const app = createApp(backend, { log: silentLogger, bodyLimit: 1000 })
console.log((await serve(app, { port: 0 })).port)
