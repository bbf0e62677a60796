import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { tempDir } from '../_helpers/temp-dir.ts'

const LABEL_CONFIG =
  '<View><Text name="text" value="$text"/><Choices name="size" toName="text" perItem="true"><Choice value="3"/><Choice value="5"/><Choice value="interactive"/></Choices></View>'

const node = Bun.which('node') ?? undefined
const deno = Bun.which('deno') ?? undefined

const here = (name: string) => join(import.meta.dir, name)

answersLabelStudio('Bun', process.execPath, async () => ['run', here('host-bun.js')])
// Node 20 reads no TypeScript, and later ones none in node_modules: a host bundles, or runs through a loader.
answersLabelStudio('Node', node, async (folder) => [await bundle('host-node.js', folder)])
answersLabelStudio('Deno', deno, async () => ['run', '--allow-all', '--no-check', here('host-deno.js')])

/** The same questions to the same app, whatever runs it; skipped by name where the runtime is not installed. */
function answersLabelStudio(
  runtime: string,
  executable: string | undefined,
  argumentsIn: (folder: string) => Promise<readonly string[]>,
): void {
  describe.skipIf(executable === undefined)(`in ${runtime}`, () => {
    const folder = tempDir()
    let host: Bun.Subprocess<'ignore', 'pipe', 'inherit'> | undefined
    let url = ''
    const post = (path: string, body: unknown, init: RequestInit = {}) =>
      fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body), ...init })

    beforeAll(async () => {
      host = Bun.spawn([executable ?? '', ...(await argumentsIn(folder.path))], {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      })
      url = `http://127.0.0.1:${await firstLine(host.stdout)}`
    }, 60_000)

    afterAll(async () => {
      host?.kill()
      await host?.exited
      folder[Symbol.dispose]()
    })

    test('it is up', async () => {
      const response = await fetch(`${url}/health`)
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ status: 'UP', model_class: 'lengths' })
    })

    test('it takes a project and predicts its tasks in order', async () => {
      const setup = await post('/setup', { project: '7.1', schema: LABEL_CONFIG })
      expect(await setup.json()).toEqual({ model_version: '1.2.3' })
      const tasks = ['abc', 'abcde'].map((text, id) => ({ id, data: { text } }))
      const response = await post('/predict', { tasks, project: '7.1' })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        model_version: '1.2.3',
        results: [
          { result: [{ from_name: 'size', value: { choices: ['3'] } }] },
          { result: [{ from_name: 'size', value: { choices: ['5'] } }] },
        ],
      })
    })

    test('it answers a smart tool', async () => {
      const response = await post('/predict', {
        tasks: [{ id: 1, data: { text: 'abc' } }],
        label_config: LABEL_CONFIG,
        params: { context: { result: [] } },
      })
      expect(await response.json()).toMatchObject({
        results: [{ result: [{ value: { choices: ['interactive'] } }] }],
      })
    })

    test('it says what failed', async () => {
      const response = await post('/predict', {
        tasks: [{ id: 1, data: { text: 'throw' } }],
        label_config: LABEL_CONFIG,
      })
      expect(response.status).toBe(500)
      // Only node:http, which serves in Bun and Node, lets an app write it.
      expect(response.statusText).toBe(
        runtime === 'Deno'
          ? 'Internal Server Error'
          : '`predict` of the backend failed: I was told to -> throw.',
      )
      expect(await response.json()).toMatchObject({ error: { code: 'BACKEND_FAILED' } })
    })

    test('it refuses a body over the limit, also one in chunks', async () => {
      const body = JSON.stringify({ tasks: [{ data: { text: 'x'.repeat(2000) } }] })
      for (const large of [body, new Blob([body]).stream()]) {
        const response = await post('/predict', undefined, { body: large })
        expect(response.status).toBe(413)
        expect(await response.json()).toMatchObject({ error: { code: 'INVALID_REQUEST' } })
      }
    })

    test('it gives the place of a client that hangs up back', async () => {
      const client = new AbortController()
      const body = { tasks: [{ data: { text: 'wait' } }], label_config: LABEL_CONFIG }
      const asked = post('/predict', body, { signal: client.signal }).catch((error: unknown) => error)
      await queueIs(url, 1)
      client.abort()
      expect(await asked).toBeInstanceOf(Error)
      await queueIs(url, 0)
    })

    test('it learns, and predicts by the new version', async () => {
      const annotations = [{ id: 1, data: { text: 'abc' }, annotations: [{ id: 7, result: [] }] }]
      const trained = await post('/train', { annotations, project: '8.1', label_config: LABEL_CONFIG })
      expect(trained.status).toBe(201)
      const { job } = (await trained.json()) as { job: string }
      const version = await versionOf(url, job)
      expect(version).toStartWith('1.2.3+')
      const tasks = [{ id: 1, data: { text: 'abc' } }]
      const response = await post('/predict', { tasks, project: '8.1', label_config: LABEL_CONFIG })
      expect(await response.json()).toMatchObject({ model_version: version })
    })

    test('it describes itself', async () => {
      const document = await (await fetch(`${url}/openapi.json`)).json()
      expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
      expect(await (await fetch(`${url}/docs`)).text()).toContain('<code>/predict</code>')
    })

    test('it tells its numbers', async () => {
      const text = await (await fetch(`${url}/metrics`)).text()
      expect(text).toContain('lsml_requests_total{route="/predict",method="POST",status="200"}')
    })
  })
}

/** Of a training, once it has ended. */
async function versionOf(url: string, job: string): Promise<string | undefined> {
  for (;;) {
    const response = await fetch(`${url}/job_status`, { method: 'POST', body: JSON.stringify({ job }) })
    const status = (await response.json()) as { job_status: string; result?: { model_version: string } }
    if (!['queued', 'started'].includes(status.job_status)) return status.result?.model_version
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Resolves when so many predictions run or wait. */
async function queueIs(url: string, length: number): Promise<void> {
  for (;;) {
    const { queue } = (await (await fetch(`${url}/health`)).json()) as { queue: { length: number } }
    if (queue.length === length) return
  }
}

/** One file, without the packages that are loaded on demand. */
async function bundle(entry: string, folder: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [here(entry)],
    target: 'node',
    outdir: folder,
    naming: '[name].mjs',
    external: ['onnxruntime-node', 'sharp', 'jimp'],
  })
  const [output] = outputs
  if (output === undefined) throw new Error(`Nothing was built of ${entry}.`)
  return output.path
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk)
    const [line, ...rest] = text.split('\n')
    if (line !== undefined && rest.length > 0) return line
  }
  throw new Error(`The host ended after: ${text}`)
}
