/** What needs Bun: a port, and workers in processes of their own. */
export { createProcessRunner, type ProcessRunnerOptions } from './runner/processes.ts'
export { serve, type Server, type ServeOptions } from './server/serve.ts'
