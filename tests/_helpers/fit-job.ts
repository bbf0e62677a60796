import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FitJob, ProjectInput } from '../../src/runner/runner.ts'

let root: string | undefined
let made = 0

/** A training of webhooks, in a work folder that is gone when the tests have ended. */
export function fitJob(project: ProjectInput, ...bodies: readonly object[]): FitJob {
  root ??= createRoot()
  const workDir = join(root, String(++made))
  mkdirSync(workDir)
  return {
    project,
    bodies: bodies.map((body) => JSON.stringify(body)),
    version: `${project.version}+${made}`,
    workDir,
    requestId: 'test',
  }
}

function createRoot(): string {
  const path = mkdtempSync(join(tmpdir(), 'lsml-fit-'))
  process.on('exit', () => rmSync(path, { recursive: true, force: true }))
  return path
}
