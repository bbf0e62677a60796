import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml, main, pageBackend } from './_run.ts'

const labelConfig = readFileSync(join(pageBackend, 'labeling.xml'), 'utf8')
const page = `data:image/png;base64,${readFileSync(resolve(import.meta.dir, '../../examples/ocr/sample/receipt.png'), 'base64')}`
const task = { id: 1, data: { page } }

async function ask(url: string, init: RequestInit = {}) {
  const body = JSON.stringify({ tasks: [task], label_config: labelConfig, project: '7' })
  const response = await fetch(`${url}/predict`, { method: 'POST', body, ...init })
  return { status: response.status, text: await response.text() }
}

/** Asks until the answer has this text: the server is as far as that. */
async function until(url: string, path: string, text: string): Promise<void> {
  while (!(await (await fetch(url + path)).text()).includes(text));
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/ready`).then(
    () => true,
    () => false,
  )
}

describe('lsml start', () => {
  test('serves, and ends with 0 on SIGTERM', async () => {
    const server = await startCli(['start', pageBackend, '-p', '0'])
    const health = await (await fetch(`${server.url}/health`)).json()
    expect(health).toMatchObject({ status: 'UP', model_class: 'page', version: '2.0.0' })
    const { status, text } = await ask(server.url)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({
      model_version: '2.0.0',
      results: [{ result: [{ type: 'rectanglelabels' }, { value: { text: ['Hello'] } }] }],
    })
    expect(await server.stop()).toBe(0)
    const banner = server.stderr()
    for (const told of [server.url, 'page 2.0.0', 'auto asked for', 'Connect Model', '--host 0.0.0.0'])
      expect(banner).toContain(told)
    expect(banner).not.toContain('Warning')
  }, 60_000)

  test('writes its URL, and nothing else, on a stdout that is no terminal', async () => {
    const child = Bun.spawn([process.execPath, main, 'start', pageBackend, '-p', '0'], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    const decoder = new TextDecoder()
    let stdout = ''
    for await (const chunk of child.stdout) {
      stdout += decoder.decode(chunk)
      child.kill('SIGINT')
    }
    expect(await child.exited).toBe(0)
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
  }, 60_000)

  test('gives the backend its parameters, from everywhere', async () => {
    using dir = tempDir()
    const module = join(dir.path, 'backend.ts')
    writeFileSync(module, `export { default } from ${JSON.stringify(join(pageBackend, 'backend.ts'))}`)
    writeFileSync(join(dir.path, 'lsml.config.json'), '{ "text": "from the file", "delayMs": 1 }')
    const env = { LSML_PARAM_TEXT: 'from the environment' }
    await using file = await stopping(startCli(['start', dir.path, '-p', '0']))
    expect((await ask(file.url)).text).toContain('from the file')
    await using variable = await stopping(startCli(['start', dir.path, '-p', '0'], { env }))
    expect((await ask(variable.url)).text).toContain('from the environment')
    const args = ['start', dir.path, '--with', 'text=typed = here', 'delay_ms=2', '-p', '0']
    await using flag = await stopping(startCli(args, { env }))
    expect((await ask(flag.url)).text).toContain('typed = here')
  }, 60_000)

  test('lets what runs finish on a signal, and says so', async () => {
    const server = await startCli(['start', pageBackend, '-p', '0', '--with', 'delayMs=700'])
    const answer = ask(server.url)
    await until(server.url, '/health', '"length":1')
    expect(await server.stop()).toBe(0)
    expect((await answer).status).toBe(200)
    expect(server.stderr()).toContain('Stopping: running predictions may finish')
  }, 60_000)

  test('takes the echo of a signal, which wrappers pass on, for the same one', async () => {
    const server = await startCli(['start', pageBackend, '-p', '0', '--with', 'delayMs=300'])
    const answer = ask(server.url)
    await until(server.url, '/health', '"length":1')
    void server.stop()
    expect(await server.stop()).toBe(0)
    expect((await answer).status).toBe(200)
  }, 60_000)

  test('ends at once on a second signal', async () => {
    const server = await startCli(['start', pageBackend, '-p', '0', '--with', 'delayMs=600000'])
    const answer = ask(server.url).catch(() => 'cut off')
    await until(server.url, '/health', '"length":1')
    do void server.stop()
    while (await isUp(server.url))
    expect(await server.stop()).toBe(143)
    expect(await answer).toBe('cut off')
  }, 60_000)

  test('asks for a password given by flags or the environment', async () => {
    const env = { BASIC_AUTH_USER: 'ada', BASIC_AUTH_PASS: 'from the environment' }
    const args = ['start', pageBackend, '-p', '0', '--basic-auth-pass', 'typed']
    await using server = await stopping(startCli(args, { env }))
    expect((await ask(server.url)).status).toBe(401)
    expect((await ask(server.url, withPassword('from the environment'))).status).toBe(401)
    expect((await ask(server.url, withPassword('typed'))).status).toBe(200)
    expect(server.stderr()).toContain('basic auth as ada')
    expect(server.stderr()).not.toContain('typed')
  }, 60_000)

  test('lets webhooks in with a secret of the environment, and others with the password alone', async () => {
    const env = { LSML_WEBHOOK_SECRET: 'w3bhook', BASIC_AUTH_PASS: 'typed' }
    const args = ['start', pageBackend, '-p', '0', '--basic-auth-user', 'ada']
    await using server = await stopping(startCli(args, { env }))
    const tell = async (path: string) =>
      (await fetch(server.url + path, { method: 'POST', body: '{"action": "START_TRAINING"}' })).status
    expect(await tell('/webhook/w3bhook')).toBe(200)
    expect(await tell('/webhook')).toBe(401)
    expect((await ask(server.url)).status).toBe(401)
    expect(server.stderr()).toContain('basic auth as ada; webhooks with their secret')
    expect(server.stderr()).not.toContain('w3bhook')
  }, 60_000)

  test('warns when everybody can reach it without a password', async () => {
    await using server = await stopping(startCli(['start', pageBackend, '-p', '0', '--host', '0.0.0.0']))
    expect(server.url).toStartWith('http://localhost:')
    expect(server.stderr()).toContain('Warning: 0.0.0.0 is reachable from other machines')
  }, 60_000)

  test('opens the models before it serves, with --check', async () => {
    await using server = await stopping(startCli(['start', 'ocr', '-p', '0', '--check', '--device', 'cpu']))
    expect(server.stderr()).toMatch(/Device +cpu \(cpu asked for\)/)
    expect(server.stderr()).toMatch(/Model +text-detector, opened in \d+ ms/)
    const { models } = (await (await fetch(`${server.url}/health`)).json()) as { models: unknown[] }
    expect(models).toHaveLength(2)
  }, 60_000)

  test('does not serve what fails the check', async () => {
    const ended = await lsml(['start', pageBackend, '-p', '0', '--check', '--with', 'failSetup=true'])
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain('lsml: `setup` of the backend failed: no model today')
  }, 60_000)

  test('says when the port is taken, and what to do', async () => {
    using taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() })
    const ended = await lsml(['start', pageBackend, '-p', String(taken.port)])
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain(`Cannot listen on \`127.0.0.1:${taken.port}\``)
    expect(ended.stderr).toContain(`\`--port ${(taken.port ?? 0) + 1}\``)
  }, 60_000)

  test.each([
    [['--prot', '1'], 'There is no flag `--prot`. Did you mean `--port`?'],
    [['more'], 'The argument `more` is one too many.'],
    [['--with', 'txt=1'], 'There is no parameter `txt` (--with). Did you mean `text`?'],
    [['--with', 'delayMs=soon'], '`delayMs` cannot be `"soon"` (--with)'],
    [['--basic-auth-user', 'ada'], 'Give `--basic-auth-pass` too'],
    [['-p', '70000'], '`--port` is a whole number from 0 to 65535'],
    [['--deadline', 'long'], '`--deadline` is a number of seconds'],
  ])(
    'refuses %j with exit code 2',
    async (args, message) => {
      const ended = await lsml(['start', pageBackend, ...args])
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toContain(message)
    },
    60_000,
  )

  test('shows a stack with --debug alone', async () => {
    const plain = await lsml(['start', 'no/such'])
    expect(plain.stderr).not.toContain('find-backend.ts')
    expect((await lsml(['start', 'no/such', '--debug'])).stderr).toContain('find-backend.ts')
  })
})

function withPassword(password: string): RequestInit {
  return { headers: { authorization: `Basic ${btoa(`ada:${password}`)}` } }
}

/** The server, stopped at the end of the block. */
async function stopping(starting: ReturnType<typeof startCli>) {
  const server = await starting
  return { ...server, [Symbol.asyncDispose]: async () => void (await server.stop()) }
}
