import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { redisProgram, startRedis } from './_helpers/redis.ts'
import { startCli } from './_helpers/start-cli.ts'
import { tempDir } from './_helpers/temp-dir.ts'
import { until } from './_helpers/until.ts'

const root = resolve(import.meta.dir, '..')
const blocks = codeBlocks(readFileSync(join(root, 'README.md'), 'utf8'))
const used = new Set<Block>()
const folder = tempDir()
const bun = process.execPath

beforeAll(() => {
  // A user's folder in which lsml is installed.
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  writeFileSync(
    join(folder.path, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['*.ts'] }),
  )
  writeFileSync(join(folder.path, 'backend.ts'), block('ts', 'defineBackend').code)
})
afterAll(() => folder[Symbol.dispose]())

describe('README', () => {
  test('has its first code within 15 lines, of at most 13 lines', () => {
    expect(blocks[0]?.line).toBeLessThanOrEqual(15)
    expect(blocks[0]?.code.trim().split('\n').length).toBeLessThanOrEqual(13)
  })

  test('the command starts the backend, and curl gets the answer that is shown', async () => {
    const [bunx, ...args] = words(block('sh', 'start backend.ts').code)
    expect(bunx).toBe('bunx')
    const server = await startCli([...args, '-p', '0'], { command: [bun, 'x'], cwd: folder.path })
    const command = block('sh', 'curl').code.replace('http://127.0.0.1:9090', server.url)
    const answer = await run(['bash', '-c', command])
    expect(withoutIds(JSON.parse(answer.stdout))).toEqual(
      withoutIds(JSON.parse(block('json', 'results').code)),
    )
    await server.stop()
  }, 60_000)

  test('the second backend runs', async () => {
    writeFileSync(join(folder.path, 'boxes.ts'), block('ts', 'eachTask').code)
    writeFileSync(
      join(folder.path, 'run-boxes.ts'),
      `import { readFileSync } from 'node:fs'
       import { testBackend } from 'lsml/testing'
       import backend from './boxes.ts'
       const labelConfig = '<View><Image name="i" value="$image"/><RectangleLabels name="r" toName="i"><Label value="Cat"/></RectangleLabels></View>'
       const image = 'data:image/png;base64,' + readFileSync(process.argv[2]!, 'base64')
       await using boxes = await testBackend(backend, { labelConfig })
       console.log(JSON.stringify(await boxes.predict([{ data: { image } }])))`,
    )
    const page = join(root, 'examples/ocr/sample/receipt.png')
    const { stdout } = await run([bun, 'run-boxes.ts', page])
    expect(JSON.parse(stdout)).toMatchObject([
      {
        result: [
          { type: 'rectanglelabels', original_width: 620, value: { width: 50, rectanglelabels: ['Cat'] } },
        ],
      },
    ])
  }, 60_000)

  test('what is written is read again', async () => {
    writeFileSync(join(folder.path, 'regions.ts'), block('ts', 'plate.answer').code)
    expect((await run([bun, 'regions.ts'])).stdout).toContain('256 [ "B-AB 12" ]')
  }, 60_000)

  test('what people answered is learnt, and taken back', async () => {
    writeFileSync(join(folder.path, 'words.ts'), block('ts', 'async fit(').code)
    using studio = startDataManager([{ id: 1, text: 'Who is there', kind: 'Question' }])
    const env = {
      LSML_DATA_DIR: join(folder.path, 'data'),
      LABEL_STUDIO_URL: studio.url,
      LABEL_STUDIO_API_KEY: 'abc123',
    }
    const server = await startCli(['start', 'words.ts', '-p', '0'], {
      command: [bun, 'x', 'lsml'],
      cwd: folder.path,
      env,
    })
    const project = { id: 12, label_config: LABEL_CONFIG }
    const predict = async () => {
      const tasks = [{ id: 2, data: { text: 'And who is that' } }]
      const body = { project: '12', label_config: LABEL_CONFIG, tasks }
      const { results } = await postJson<Predicted>(`${server.url}/predict`, body)
      return {
        version: results[0]?.model_version,
        kinds: results[0]?.result.map(({ value }) => value.choices),
      }
    }
    const own = await predict()
    expect(own.kinds).toEqual([])
    await postJson(`${server.url}/webhook`, { action: 'ANNOTATION_CREATED', annotation: { id: 1 }, project })
    const learnt = await until('new version', async () => {
      const seen = await predict()
      return seen.version !== own.version && seen
    })
    expect(learnt.kinds).toEqual([['Question']])

    const [list, rollback] = block('sh', 'lsml versions').code.trim().split('\n')
    const listed = await run([bun, 'x', ...words(list ?? '').slice(1)], folder.path, env)
    expect(listed.stdout).toContain(String(learnt.version))
    await run([bun, 'x', ...words(rollback ?? '').slice(1)], folder.path, env)
    await until('version from before', async () => (await predict()).version === own.version)
    expect(await predict()).toEqual(own)
    await server.stop()
  }, 60_000)

  test('two machines learn together', async () => {
    const [start, train] = block('sh', 'lsml train').code.trim().split('\n')
    expect(words(train ?? '').slice(0, 3)).toEqual(['bunx', 'lsml', 'train'])
    if (redisProgram === undefined)
      return console.warn('redis-server is not installed: its commands are not run')
    writeFileSync(join(folder.path, 'words.ts'), block('ts', 'async fit(').code)
    await using redis = await startRedis()
    using studio = startDataManager([{ id: 1, text: 'Who is there', kind: 'Question' }])
    const env = {
      LSML_DATA_DIR: join(folder.path, 'shared'),
      LABEL_STUDIO_URL: studio.url,
      LABEL_STUDIO_API_KEY: 'abc123',
    }
    const at = (line = '') => words(line.replace('redis://127.0.0.1:6379', redis.url)).slice(1)
    const server = await startCli([...at(start), '-p', '0'], { command: [bun, 'x'], cwd: folder.path, env })
    await using trainer = Bun.spawn([bun, 'x', ...at(train)], {
      cwd: folder.path,
      env: { ...process.env, ...env },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
    })
    const setup = { project: '12', schema: LABEL_CONFIG, hostname: '', access_token: '' }
    const version = async () =>
      (await postJson<{ model_version: string }>(`${server.url}/setup`, setup)).model_version
    const own = await version()
    const project = { id: 12, label_config: LABEL_CONFIG }
    await postJson(`${server.url}/webhook`, { action: 'ANNOTATION_CREATED', annotation: { id: 1 }, project })
    await until('new version', async () => (await version()) !== own)
    expect(trainer.exitCode).toBeNull()
    await server.stop()
  }, 60_000)

  test('the test of a backend passes', async () => {
    writeFileSync(join(folder.path, 'backend.test.ts'), block('ts', 'bun:test').code)
    expect((await run([bun, 'test', 'backend.test.ts'])).stderr).toContain('1 pass')
  }, 60_000)

  test('the app answers inside another server', async () => {
    writeFileSync(join(folder.path, 'server.ts'), block('ts', 'createApp(').code)
    expect((await run([bun, 'server.ts'])).stdout).toContain('UP')
  }, 60_000)

  test('the app answers inside Node, bundled', async () => {
    const [build, start] = block('sh', 'bun build').code.trim().split('\n')
    await run([bun, ...words(build ?? '').slice(1)])
    const node = Bun.which('node')
    if (node === null) return console.warn('node is not installed: the bundle is not run')
    expect((await run([node, ...words(start ?? '').slice(1)])).stdout).toContain('UP')
  }, 60_000)

  test('public models are listed', async () => {
    const [, ...args] = words(block('sh', 'models list').code)
    expect((await run([bun, 'x', ...args])).stdout).toContain('yolox-nano')
  }, 60_000)

  test('all of its TypeScript has the right types', async () => {
    expect((await run([bun, 'check', '--no-pretty'])).code).toBe(0)
  }, 60_000)

  test('a page is read without Label Studio', async () => {
    const [, ...args] = words(
      block('sh', 'predict ocr').code.replace('--out out', `--out ${folder.path}/out`),
    )
    const { stdout } = await run([bun, 'x', ...args], root)
    expect(stdout).toContain('HARBOUR CAFE')
    expect(await Bun.file(join(folder.path, 'out/receipt.png')).exists()).toBe(true)
  }, 120_000)

  test('a folder of one’s own is made and starts', async () => {
    const [init, start] = block('sh', 'init').code.trim().split('\n')
    await run([bun, 'x', ...words(init ?? '').slice(1)])
    const args = words(start ?? '').slice(1)
    const server = await startCli([...args, '-p', '0'], { command: [bun, 'x'], cwd: folder.path })
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    await server.stop()
  }, 60_000)

  // The installs themselves are run by tests/e2e, in a fresh clone.
  test.each([
    ['npm install', 'npx'],
    ['bun install', 'bunx'],
  ])(
    'what stands under `%s` serves',
    async (install, runner) => {
      const command = words(block('sh', install).code.split('\n')[1] ?? '')
      expect(command).toEqual([runner, 'lsml', 'start', 'ocr'])
      const found = Bun.which(runner)
      if (found === null) return console.warn(`${runner} is not installed: its command is not run`)
      const server = await startCli([...command.slice(1), '-p', '0'], { command: [found], cwd: root })
      expect((await fetch(`${server.url}/ready`)).status).toBe(200)
      await server.stop()
    },
    60_000,
  )

  test('every block was run by these tests', () => {
    expect(block('sh', 'npm test').code).toBe('npm test\n')
    expect(blocks.filter((each) => !used.has(each)).map(({ code }) => code)).toEqual([])
  })
})

const LABEL_CONFIG =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="Question"/><Choice value="Statement"/></Choices></View>'

interface Predicted {
  readonly results: readonly {
    readonly model_version: string
    readonly result: readonly { readonly value: { readonly choices: readonly string[] } }[]
  }[]
}

interface AnsweredText {
  readonly id: number
  readonly text: string
  readonly kind: string
}

/** As much of Label Studio as `ctx.tasks()` asks. */
function startDataManager(answered: readonly AnsweredText[]) {
  const tasks = answered.map(({ id, text, kind }) => ({
    id,
    data: { text },
    updated_at: '2026-11-25T18:00:00Z',
    annotations: [
      { id, result: [{ from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: [kind] } }] },
    ],
  }))
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => Response.json({ total: tasks.length, tasks }),
  })
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) }
}

async function postJson<T>(url: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return (await response.json()) as T
}

interface Block {
  readonly lang: string
  readonly code: string
  readonly line: number
}

function codeBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: lang = '', 2: code = '', index }) => ({
      lang,
      code,
      line: markdown.slice(0, index).split('\n').length,
    }),
  )
}

/** The first block in this language that has the text. */
function block(lang: string, text: string): Block {
  const found = blocks.find((each) => each.lang === lang && each.code.includes(text))
  if (found === undefined) throw new Error(`README.md has no ${lang} block with \`${text}\``)
  used.add(found)
  return found
}

function words(command: string): string[] {
  return command.trim().split(/\s+/)
}

async function run(command: string[], cwd = folder.path, env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn(command, {
    cwd,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, NO_COLOR: '1', ...env },
  })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`\`${command.join(' ')}\` ended with ${code}:\n${stdout}\n${stderr}`)
  return { stdout, stderr, code }
}

/** Ids of regions differ with each answer. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'id' ? 'id' : item)))
}
