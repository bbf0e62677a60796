import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { lsml } from '../cli/_run.ts'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findLabelStudio } from './label-studio/find.ts'
import { createProject, type Project } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'

const example = resolve(import.meta.dir, '../../examples/ocr')
const labelConfig = await Bun.file(`${example}/labeling.xml`).text()
const receipt = Bun.file(`${example}/sample/receipt.png`)

const found = await findLabelStudio()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

interface Webhook {
  readonly id: number
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly updated_at: string
}

interface Backend {
  readonly id: number
  readonly url: string
  readonly title: string
  readonly is_interactive: boolean
  readonly basic_auth_user: string | null
}

describe.skipIf('absent' in found)(`lsml connect and doctor with a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio
  let env: Readonly<Record<string, string>>
  let backend: StartedServer
  let guarded: StartedServer

  beforeAll(async () => {
    studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
    const cache = cleanUp.use(tempDir())
    env = {
      LABEL_STUDIO_URL: studio.url,
      LABEL_STUDIO_API_KEY: studio.api.personalAccessToken,
      XDG_CACHE_HOME: cache.path,
    }
    backend = await startOcr()
    guarded = await startOcr(
      '--basic-auth-user',
      'ls',
      '--basic-auth-pass',
      's3cret',
      '--webhook-secret',
      'w3bhook',
    )
  }, 300_000)

  async function startOcr(...flags: readonly string[]): Promise<StartedServer> {
    const server = await startCli(['start', 'ocr', '-p', '0', ...flags], { env })
    cleanUp.defer(async () => void (await server.stop()))
    return server
  }

  afterAll(() => cleanUp.disposeAsync(), 60_000)

  const newProject = () => createProject(studio.api, labelConfig, receipt)
  const connect = (url: string, { id }: Pick<Project, 'id'>, ...flags: readonly string[]) =>
    lsml(['connect', '--url', url, '--project', String(id), ...flags], { env })
  const backendsOf = ({ id }: Project) => studio.api.get<Backend[]>(`/api/ml?project=${id}`)
  const webhooksOf = ({ id }: Project) => studio.api.get<Webhook[]>(`/api/webhooks/?project=${id}`)

  test('registers the backend with its webhook, and a test prediction finds text', async () => {
    const project = await newProject()
    const flags = ['--interactive', '--train-on-submit', '--title', 'Reader']
    const { code, stdout, stderr } = await connect(backend.url, project, ...flags)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ok\s+Label Studio\s+Label Studio 1\.\S+ at .+ \(personal access token\)$/m)
    expect(stdout).toMatch(/^ok\s+backend\s+\S+ added; Connected, version 1\.0\.0$/m)
    expect(stdout).toMatch(/^ok\s+webhook\s+is there: \S+\/webhook$/m)
    expect(stdout).toMatch(/^ok\s+test prediction\s+answered with [1-9]\d* results$/m)
    expect(stdout).not.toContain(studio.api.personalAccessToken)
    expect(code).toBe(0)
    expect(await backendsOf(project)).toMatchObject([
      { url: backend.url, title: 'Reader', is_interactive: true },
    ])
    expect(await webhooksOf(project)).toMatchObject([{ url: `${backend.url}/webhook` }])
    expect(await studio.api.get(`/api/projects/${project.id}/`)).toMatchObject({
      start_training_on_annotation_update: true,
    })
    // The test is not stored.
    expect(await project.predictions()).toEqual([])
  })

  test('a second run changes nothing, and a flag changes only what it names', async () => {
    const project = await newProject()
    await connect(backend.url, project, '--title', 'Reader')
    const [first] = await webhooksOf(project)
    // A slash at the end is no other backend.
    const again = await connect(`${backend.url}/`, project)
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(again.stdout).toContain('is there, and nothing differs')
    expect(await webhooksOf(project)).toEqual(first === undefined ? [] : [first])

    const changed = await connect(backend.url, project, '--interactive')
    expect(changed.stdout).toMatch(/^ok\s+backend\s+\S+ updated; Connected/m)
    expect(await backendsOf(project)).toMatchObject([{ title: 'Reader', is_interactive: true }])
  })

  test('a backend with a password is refused without it, and its webhook gets it', async () => {
    const project = await newProject()
    const refused = await connect(guarded.url, project)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('The backend asks for a password')
    expect(await backendsOf(project)).toEqual([])

    const flags = ['--basic-auth-user', 'ls', '--basic-auth-pass', 's3cret']
    const connected = await connect(guarded.url, project, ...flags)
    expect(connected).toMatchObject({ code: 0, stderr: '' })
    expect(connected.stdout).not.toContain('s3cret')
    const [webhook] = await webhooksOf(project)
    const response = await fetch(webhook?.url ?? '', {
      method: 'POST',
      headers: { ...webhook?.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'START_TRAINING', project: { id: project.id } }),
    })
    expect(response.status).toBe(200)
    expect((await connect(guarded.url, project, ...flags)).stdout).toContain('nothing differs')

    // The password that Label Studio has is kept.
    const titled = await connect(guarded.url, project, '--title', 'Guarded')
    expect(titled).toMatchObject({ code: 0, stderr: '' })
    expect(await backendsOf(project)).toMatchObject([{ title: 'Guarded', basic_auth_user: 'ls' }])
  })

  test('a webhook with a secret does not get the password', async () => {
    const project = await newProject()
    const flags = ['--basic-auth-user', 'ls', '--basic-auth-pass', 's3cret', '--webhook-secret', 'w3bhook']
    const connected = await connect(guarded.url, project, ...flags)
    expect(connected).toMatchObject({ code: 0, stderr: '' })
    expect(connected.stdout).not.toContain('w3bhook')
    const webhooks = await webhooksOf(project)
    expect(webhooks).toMatchObject([
      { url: `${guarded.url}/webhook`, headers: { Authorization: 'Bearer w3bhook' } },
    ])
    const statusOf = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const init = { method: 'POST', headers, body: JSON.stringify({ action: 'PROJECT_UPDATED' }) }
      return (await fetch(guarded.url + path, init)).status
    }
    expect(await statusOf('/webhook', webhooks[0]?.headers)).toBe(200)
    expect(await statusOf('/webhook/w3bhook')).toBe(200)
    expect(await statusOf('/webhook')).toBe(401)
    expect((await connect(guarded.url, project, ...flags)).stdout).toMatch(/^ok\s+webhook\s+is there:/m)
  })

  test('a backend that does not run is told with what to do', async () => {
    const project = await newProject()
    const { code, stderr } = await connect('http://127.0.0.1:1', project)
    expect(code).toBe(1)
    expect(stderr).toContain('health check failed')
    expect(stderr).toContain('is `lsml start` running?')
  })

  test('a project that is not there is told with those that are', async () => {
    const project = await newProject()
    const { code, stderr } = await connect(backend.url, { id: 999_999 })
    expect(code).toBe(1)
    expect(stderr).toContain('There is no project 999999')
    expect(stderr).toContain(`${project.id} (Receipts)`)
  })

  test('the doctor finds all in order, also as JSON', async () => {
    const project = await newProject()
    await connect(backend.url, project)
    const args = ['doctor', 'ocr', '--project', String(project.id), '--json']
    const { code, stdout, stderr } = await lsml(args, { env })
    expect(stderr).toBe('')
    const checks = JSON.parse(stdout) as { name: string; state: string; detail: string }[]
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(checks.map(({ name }) => name)).toEqual([
      'lsml',
      'Bun',
      'models',
      'ONNX Runtime',
      'device',
      'Label Studio',
      'project',
      'connected',
      'webhook',
      'labeling config',
      'media image',
    ])
    expect(code).toBe(0)
  })

  test('the doctor says what is wrong with a project, and ends with 1', async () => {
    const choices =
      '<View><Image name="image" value="$ocr"/><Choices name="kind" toName="image"><Choice value="Receipt"/></Choices></View>'
    const project = await createProject(studio.api, choices, receipt)
    const { code, stdout } = await lsml(['doctor', 'ocr', '--project', String(project.id)], { env })
    expect(stdout).toMatch(/^warning\s+connected\s+project \d+ has no backend/m)
    expect(stdout).toMatch(/^FAILED\s+labeling config\s+The labeling config has no `RectangleLabels`/m)
    expect(stdout).toMatch(/^ok\s+media image\s+task \d+: /m)
    expect(code).toBe(1)
  })

  test('the doctor names a token that is none', async () => {
    const { code, stdout } = await lsml(['doctor'], { env: { ...env, LABEL_STUDIO_API_KEY: '0'.repeat(40) } })
    expect(stdout).toMatch(
      /^FAILED\s+Label Studio\s+Label Studio answered GET .* with HTTP 401: .*LABEL_STUDIO_API_KEY is a legacy token/m,
    )
    expect(stdout).not.toContain('0'.repeat(40))
    expect(code).toBe(1)
  })
})

describe.skipIf('absent' in found)(`a Label Studio as it comes${skipped}`, () => {
  const blocked = { env: { ML_BLOCK_LOCAL_IP: 'true', SSRF_PROTECTION_ENABLED: 'true' } }

  test('refuses backends on its own machine, and connect says how to allow them', async () => {
    await using studio = await startLabelStudio('executable' in found ? found.executable : '', blocked)
    const project = await createProject(studio.api, labelConfig, receipt)
    const { code, stderr } = await lsml(
      ['connect', '--url', 'http://127.0.0.1:9090', '--project', String(project.id)],
      { env: { LABEL_STUDIO_URL: studio.url, LABEL_STUDIO_API_KEY: studio.api.personalAccessToken } },
    )
    expect(code).toBe(1)
    expect(stderr).toContain('ML_BLOCK_LOCAL_IP=false')
    expect(stderr).not.toContain('token')
  }, 300_000)
})
