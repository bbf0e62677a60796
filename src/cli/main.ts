#!/usr/bin/env bun
import { runtimeProblem } from './runtime.ts'

// The rest is loaded after the check: an older Bun may not even parse it.
const problem = runtimeProblem(process.versions.bun)
if (problem === undefined) {
  const { run } = await import('./run.ts')
  process.exitCode = await run(process.argv.slice(2))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
