import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findChromium, openBrowser, signIn } from './browser.ts'
import { acceptSuggestions, drawSmartRectangle } from './editor.ts'
import { findLabelStudio } from './label-studio/find.ts'
import { createProject } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'

const sample = resolve(import.meta.dir, '../../examples/detection/sample')
const labelConfig = await Bun.file(join(sample, 'labeling.xml')).text()
const picture = Bun.file(join(sample, 'shapes.png'))

const pictures = process.env.LSML_TEST_OUT ?? join(tmpdir(), 'lsml-e2e')
mkdirSync(pictures, { recursive: true })

const found = await findLabelStudio()
const chromium = findChromium()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

describe.skipIf('absent' in found)(`detection with a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio
  let backend: StartedServer

  beforeAll(async () => {
    studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
    const cache = cleanUp.use(tempDir())
    const given = [
      `checkpoint_file=${join(sample, 'shapes')}`,
      `labels_file=${join(sample, 'shapes/classes.txt')}`,
    ]
    backend = await startCli(['start', 'detection', '-p', '0', '--with', ...given], {
      env: { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', XDG_CACHE_HOME: cache.path },
    })
    cleanUp.defer(async () => void (await backend.stop()))
  }, 300_000)

  afterAll(() => cleanUp.disposeAsync(), 60_000)

  test('boxes, outlines, brushes and choices are stored under the labels of the labeling config', async () => {
    const project = await createProject(studio.api, labelConfig, picture)
    expect(await project.connect(backend.url)).toMatchObject({ state: 'CO', error_message: null })
    await project.retrieve()
    const [stored, ...others] = await project.predictions()
    expect(others).toEqual([])
    expect(stored).toMatchObject({ model_version: '1.0.0', score: expect.any(Number) })
    const labels = stored?.result.map(({ from_name: name, type, value }) => [name, value[type]])
    expect(labels).toEqual([
      ['box', ['Round']],
      ['box', ['Angular']],
      ['box', ['Angular']],
      ['outline', ['triangle']],
      ['mask', ['square']],
      ['shows', ['circle', 'square', 'triangle']],
    ])
    expect(stored?.result[0]?.value).toMatchObject({ x: 12.5, y: 12.5, width: 28.125, height: 37.5 })
  })

  test('labels that are not those of the model connect, store nothing, and the log lists both', async () => {
    const streets = await Bun.file(join(sample, '../labeling.xml')).text()
    const project = await createProject(studio.api, streets, picture)
    expect(await project.connect(backend.url)).toMatchObject({ state: 'CO', error_message: null })
    await project.retrieve()
    expect(await project.predictions()).toEqual([])
    expect(backend.stderr()).toMatch(/`Person`, `Vehicle`.*`circle`, `triangle`, `square`/)
  })

  describe.skipIf(chromium === undefined)(
    `in the editor${chromium === undefined ? ' (skipped: no Chromium on the PATH, and CHROMIUM names none)' : ''}`,
    () => {
      let browser: Browser
      beforeAll(async () => {
        browser = await openBrowser(chromium ?? '')
        cleanUp.defer(() => browser.close())
      }, 60_000)

      test('a person sees each region, and one who draws a smart rectangle gets the object inside', async () => {
        const project = await createProject(studio.api, labelConfig, picture)
        await project.connect(backend.url)
        await project.retrieve()
        const page = await signIn(browser, studio)
        await page.goto(`/projects/${project.id}/data`)
        await page.getByTestId('table-row').first().click()
        const regions = page.locator('.lsf-outliner-item')
        await regions.nth(4).waitFor()
        await page.screenshot({ path: join(pictures, 'shapes.png') })
        expect(await labelsOf(page)).toEqual(['Round', 'Angular', 'Angular', 'triangle', 'square'])

        await drawSmartRectangle(page, 'Angular', { x: 50, y: 4, width: 46, height: 52 })
        await page.getByText('1 suggestion').waitFor()
        await page.screenshot({ path: join(pictures, 'shapes-suggestion.png') })
        await acceptSuggestions(page)
        await regions.nth(5).waitFor()
        await page.screenshot({ path: join(pictures, 'shapes-accepted.png') })
        expect(await labelsOf(page)).toEqual(['Round', 'Angular', 'Angular', 'triangle', 'square', 'Angular'])
      })
    },
  )
})

/** In the list of regions, in its order. */
async function labelsOf(page: Page): Promise<readonly string[]> {
  const texts = await page.locator('.lsf-outliner-item').allInnerTexts()
  return texts.map((text) => /[A-Za-z]+/.exec(text)?.[0] ?? '')
}
