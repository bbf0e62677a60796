import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Hands the pipe to a process that is nobody's child, and ends.
spawn(process.execPath, [fileURLToPath(new URL('watch.ts', import.meta.url))], {
  detached: true,
  stdio: [3, 'ignore', 'ignore'],
}).unref()
