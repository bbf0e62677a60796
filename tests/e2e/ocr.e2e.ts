import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import type { Region } from '../../src/protocol/result.ts'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findChromium, openBrowser, signIn } from './browser.ts'
import { acceptSuggestions, drawSmartRectangle, openTask, regionTexts, showLastRegion } from './editor.ts'
import { findLabelStudio } from './label-studio/find.ts'
import { createProject, type StoredPrediction } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'
import truth from '../../examples/ocr/sample/truth.json'

const example = resolve(import.meta.dir, '../../examples/ocr')
const labelConfig = await Bun.file(join(example, 'labeling.xml')).text()
const receipt = Bun.file(join(example, 'sample/receipt.png'))
const lines = truth['receipt.png']

const pictures = process.env.LSML_TEST_OUT ?? join(tmpdir(), 'lsml-e2e')
mkdirSync(pictures, { recursive: true })

const found = await findLabelStudio()
const chromium = findChromium()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

describe.skipIf('absent' in found)(`OCR with a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio
  let backend: StartedServer

  /** A cache of its own: what one backend was allowed to download is not there for the next. */
  async function startOcr(
    env: Record<string, string> = {},
    flags: readonly string[] = [],
  ): Promise<StartedServer> {
    const cache = cleanUp.use(tempDir())
    const server = await startCli(['start', 'ocr', '-p', '0', ...flags], {
      env: { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', XDG_CACHE_HOME: cache.path, ...env },
    })
    cleanUp.defer(async () => void (await server.stop()))
    return server
  }

  beforeAll(async () => {
    studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
    backend = await startOcr()
  }, 300_000)

  afterAll(() => cleanUp.disposeAsync(), 60_000)

  test('a backend that is connected says its version', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    expect(await project.connect(backend.url)).toMatchObject({
      state: 'CO',
      model_version: '1.0.0',
      error_message: null,
    })
  })

  test('retrieved predictions are stored with the version and the texts of the page, and not asked for again', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    await project.connect(backend.url)
    await project.retrieve()
    const stored = await project.predictions()
    expect(stored).toHaveLength(1)
    expect(stored[0]).toMatchObject({ model_version: '1.0.0', score: expect.any(Number) })
    const read = textsOf(stored)
    expect(lines.filter((line) => read.includes(line)).length).toBeGreaterThan(0.8 * lines.length)
    for (const region of stored[0]?.result ?? [])
      expect(region).toMatchObject({ original_width: 620, original_height: 850, score: expect.any(Number) })

    const asked = await counted(backend, 'lsml_tasks_total')
    expect(asked).toBeGreaterThan(0)
    await project.retrieve()
    expect(await counted(backend, 'lsml_tasks_total')).toBe(asked)
    expect(await project.predictions()).toEqual(stored)
  })

  test('a task that is opened without a prediction gets one', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    await project.connect(backend.url)
    expect(await project.predictions()).toEqual([])
    await studio.api.get(`/api/tasks/${project.task}?project=${project.id}`)
    expect(textsOf(await project.predictions())).toContain('HARBOUR CAFE')
  })

  test('a smart tool’s rectangle is answered with the text inside, and other regions are left alone', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    const connected = await project.connect(backend.url)
    await project.retrieve()
    const [stored] = await project.predictions()
    const drawn: Region = { ...boxOf(stored, 'TOTAL'), id: 'drawn', origin: 'manual' }
    // The editor sends the other regions of this label, too, with their texts.
    const answer = await project.draw(connected, [...(stored?.result ?? []), drawn])
    expect(answer.errors).toBeUndefined()
    expect(answer.data?.result.map(({ id, type }) => [id, type])).toEqual([
      ['drawn', 'rectanglelabels'],
      ['drawn', 'textarea'],
    ])
    expect(answer.data?.result[1]?.value.text).toEqual(['TOTAL'])
  })

  test('a smart tool without regions is answered with none', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    expect(await project.draw(await project.connect(backend.url), [])).toMatchObject({ data: { result: [] } })
  })

  test('the extra params of the form go to the backend', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    await project.connect(backend.url, { extra_params: '{"text_threshold": 0.99}' })
    await project.retrieve()
    const scores = (await project.predictions())
      .flatMap(({ result }) => result)
      .filter(({ type }) => type === 'textarea')
      .map(({ score }) => score ?? 0)
    expect(scores).not.toBeEmpty()
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.99)
  })

  test('an annotation that is submitted reaches the webhook', async () => {
    const project = await createProject(studio.api, labelConfig, receipt)
    await project.connect(backend.url)
    const answered = 'lsml_requests_total{route="/webhook",method="POST",status="200"}'
    const before = await counted(backend, answered)
    await project.annotate([])
    expect(await counted(backend, answered)).toBe(before + 1)
  })

  test('a backend with basic auth connects with its credentials and not without', async () => {
    const guarded = await startOcr({}, ['--basic-auth-user', 'ls', '--basic-auth-pass', 'secret'])
    const project = await createProject(studio.api, labelConfig, receipt)
    await expect(project.connect(guarded.url)).rejects.toThrow(
      'authentication parameters were either not provided',
    )
    const form = { auth_method: 'BASIC_AUTH', basic_auth_user: 'ls', basic_auth_pass: 'secret' }
    expect(await project.connect(guarded.url, form)).toMatchObject({ state: 'CO', error_message: null })
    await project.retrieve()
    expect(textsOf(await project.predictions())).toContain('HARBOUR CAFE')
  })

  test('a wrong LABEL_STUDIO_API_KEY goes before the token of /setup, stores nothing, and is named', async () => {
    const wrong = await startOcr({ LABEL_STUDIO_API_KEY: '0'.repeat(40) })
    const project = await createProject(studio.api, labelConfig, receipt)
    const connected = await project.connect(wrong.url)
    await project.retrieve()
    expect(await project.predictions()).toEqual([])
    expect(wrong.stderr()).toContain('LABEL_STUDIO_API_KEY')
    expect(wrong.stderr()).not.toContain('0'.repeat(40))
    const answer = await project.draw(connected, [
      { type: 'rectanglelabels', value: { x: 1, y: 1, width: 50, height: 5 } },
    ])
    expect(answer.errors?.[0]).toContain('Server Error')
  })

  test('where legacy tokens are switched off, the backend says so, and a personal access token reads the page', async () => {
    const withToken = await startOcr({ LABEL_STUDIO_API_KEY: studio.api.personalAccessToken })
    await studio.api.allowLegacyTokens(false)
    try {
      const project = await createProject(studio.api, labelConfig, receipt)
      await project.connect(backend.url)
      await project.retrieve()
      expect(await project.predictions()).toEqual([])
      expect(backend.stderr()).toContain('LABEL_STUDIO_API_KEY')

      const other = await createProject(studio.api, labelConfig, receipt)
      await other.connect(withToken.url)
      await other.retrieve()
      expect(textsOf(await other.predictions())).toContain('HARBOUR CAFE')
    } finally {
      await studio.api.allowLegacyTokens(true)
    }
  })

  test('a labeling config that OCR cannot use connects, stores nothing, and the log says what to add', async () => {
    const choices =
      '<View><Image name="image" value="$ocr"/><Choices name="kind" toName="image"><Choice value="Receipt"/></Choices></View>'
    const project = await createProject(studio.api, choices, receipt)
    expect(await project.connect(backend.url)).toMatchObject({ state: 'CO', error_message: null })
    await project.retrieve()
    expect(await project.predictions()).toEqual([])
    expect(backend.stderr()).toContain('The labeling config has no `RectangleLabels`')
  })

  test('/setup with a labeling config that is no XML is answered with the version', async () => {
    const response = await fetch(`${backend.url}/setup`, {
      method: 'POST',
      body: JSON.stringify({ project: '99.1', schema: '<View><Image' }),
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ model_version: '1.0.0' })
  })

  describe.skipIf(chromium === undefined)(
    `in the editor${chromium === undefined ? ' (skipped: no Chromium on the PATH, and CHROMIUM names none)' : ''}`,
    () => {
      let browser: Browser
      beforeAll(async () => {
        browser = await openBrowser(chromium ?? '')
        cleanUp.defer(() => browser.close())
      }, 60_000)

      test('a person who opens the receipt sees each box with its text', async () => {
        const project = await createProject(studio.api, labelConfig, receipt)
        await project.connect(backend.url)
        await project.retrieve()
        const page = await signIn(browser, studio)
        await openTask(page, project)
        await page.screenshot({ path: join(pictures, 'receipt.png') })
        const texts = textsOf(await project.predictions())
        expect(await regionTexts(page, texts.length)).toEqual(texts)
      })

      test('a person who draws a smart rectangle around a line sees its text, and keeps the others', async () => {
        const project = await createProject(studio.api, labelConfig, receipt)
        await project.connect(backend.url)
        await project.retrieve()
        const [stored] = await project.predictions()
        const page = await signIn(browser, studio)
        await openTask(page, project)
        const { x, y, width, height } = boxOf(stored, 'Subtotal').value as Record<
          'x' | 'y' | 'width' | 'height',
          number
        >
        await drawSmartRectangle(page, 'Text', { x: x - 1, y: y - 0.5, width: width + 2, height: height + 1 })
        await page.getByTestId('bottombar-accept-suggestions-button').waitFor()
        await page.screenshot({ path: join(pictures, 'smart-tool-suggestion.png') })
        await acceptSuggestions(page)
        const texts = [...textsOf(await project.predictions()), 'Subtotal']
        expect(await regionTexts(page, texts.length)).toEqual(texts)
        await showLastRegion(page)
        await page.screenshot({ path: join(pictures, 'smart-tool-accepted.png') })
      })
    },
  )
})

function textsOf(predictions: readonly StoredPrediction[]): string[] {
  return predictions
    .flatMap(({ result }) => result)
    .flatMap(({ value }) => (Array.isArray(value.text) ? (value.text as string[]) : []))
}

/** The region around a line, without its text. */
function boxOf(prediction: StoredPrediction | undefined, text: string): Region {
  const { result = [] } = prediction ?? {}
  const line = result.find(({ value }) => Array.isArray(value.text) && value.text[0] === text)
  const box = result.find(({ id, type }) => id === line?.id && type === 'rectanglelabels')
  if (box === undefined) throw new Error(`The prediction has no line ${text}.`)
  return box
}

/** A number of the backend's metrics, labels included in its name. */
async function counted(backend: StartedServer, name: string): Promise<number> {
  const metrics = await (await fetch(`${backend.url}/metrics`)).text()
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
