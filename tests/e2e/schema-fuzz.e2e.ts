import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { findVenv } from '../_helpers/python-venv.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const PACKAGE = 'schemathesis==4.32.5'
const folder = join(import.meta.dir, 'schema-fuzz')

const venv = await findVenv(PACKAGE, [PACKAGE])
const skipped = 'absent' in venv ? ` (skipped: ${venv.absent})` : ''

describe.skipIf('absent' in venv)(`requests made from the description of the routes${skipped}`, () => {
  test('are answered as described: valid ones taken, others refused, and no 5xx', async () => {
    using data = tempDir()
    await using server = await startFuzzed(data.path)
    const { code, output } = await fuzz(server.url)
    if (code !== 0) throw new Error(`schemathesis found something:\n${output}`)
    // It has asked, and for everything.
    expect(output).toMatch(/Selected: (\d+)\/\1/)
    expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(300)

    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics.match(/^lsml_requests_total\{.*status="5.*/gm)).toBeNull()
    expect(server.stderr()).not.toContain('nobody foresaw')
  }, 180_000)
})

async function startFuzzed(data: string) {
  const server = await startCli([
    'start',
    join(folder, 'backend.ts'),
    '-p',
    '0',
    '--data-dir',
    data,
    '--log-level',
    'error',
  ])
  return { ...server, [Symbol.asyncDispose]: async () => void (await server.stop()) }
}

/** With the same requests each time, unless the time is over before. */
async function fuzz(url: string): Promise<{ readonly code: number; readonly output: string }> {
  using work = tempDir()
  const executable = 'folder' in venv ? join(venv.folder, 'bin', 'schemathesis') : ''
  const config = ['--config-file', join(folder, 'schemathesis.toml')]
  const bounds = ['--generation-deterministic', '--max-examples', '10', '--max-time', '45']
  const child = Bun.spawn(
    [
      executable,
      ...config,
      'run',
      `${url}/openapi.json`,
      ...bounds,
      '--checks',
      'all',
      '--continue-on-failure',
      '--no-color',
    ],
    // It keeps the cases that it found in the folder where it runs.
    { cwd: work.path, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  )
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output: stdout + stderr }
}
