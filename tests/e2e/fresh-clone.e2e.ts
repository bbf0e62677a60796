import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const root = resolve(import.meta.dir, '../..')
const npm = Bun.which('npm')
const git = Bun.which('git')

/** A machine with Node and npm only: no Bun on the PATH but the one that npm brings. */
test.skipIf(npm === null || git === null)(
  'a fresh clone serves after `npm install` and `npx lsml start ocr`, with npm alone (needs npm, git)',
  async () => {
    using dir = tempDir()
    const clone = join(dir.path, 'lsml')
    const path = (process.env.PATH ?? '')
      .split(':')
      .filter((folder) => !folder.includes('node_modules') && Bun.which('bun', { PATH: folder }) === null)
      .join(':')
    const env = { PATH: path, HOME: process.env.HOME ?? dir.path, npm_config_update_notifier: 'false' }
    await run(['git', 'clone', '--quiet', root, clone], dir.path, { ...process.env })
    await run(['npm', 'install', '--no-audit', '--no-fund'], clone, { ...process.env, PATH: path })
    const server = await startCli(['start', 'ocr', '-p', '0'], {
      command: [join(npm ?? '', '../npx'), 'lsml'],
      cwd: clone,
      env,
    })
    const image = await Bun.file(join(root, 'examples/ocr/sample/receipt.png')).bytes()
    const body = {
      tasks: [{ id: 1, data: { ocr: `data:image/png;base64,${image.toBase64()}` } }],
      label_config: await Bun.file(join(root, 'examples/ocr/labeling.xml')).text(),
    }
    const response = await fetch(`${server.url}/predict`, { method: 'POST', body: JSON.stringify(body) })
    expect(await response.text()).toContain('HARBOUR CAFE')
    await server.stop()
  },
  300_000,
)

async function run(command: string[], cwd: string, env: Record<string, string | undefined>): Promise<void> {
  const child = Bun.spawn(command, { cwd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const output = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`\`${command.join(' ')}\` failed:\n${output.join('\n')}`)
}
