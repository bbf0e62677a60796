import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { checkRegions, controlOf, parseLabelingConfig, type ResultItem } from '../../src/index.ts'
import { findChromium, openBrowser, signIn } from './browser.ts'
import { findLabelStudio } from './label-studio/find.ts'
import { createEmptyProject, type StoredPrediction } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'
import type { Case } from './regions/case.ts'
import { imageCases } from './regions/image-cases.ts'
import { otherCases } from './regions/other-cases.ts'

/** Label Studio checks what it is given as strictly as it can. */
const STRICT = { fflag_feat_utc_210_prediction_validation_15082025: 'true' }

const cases = [...imageCases, ...otherCases]

const pictures = process.env.LSML_TEST_OUT ?? join(tmpdir(), 'lsml-e2e')
mkdirSync(pictures, { recursive: true })

const found = await findLabelStudio()
const chromium = findChromium()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

describe.skipIf('absent' in found)(`regions in a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio

  beforeAll(async () => {
    const executable = 'executable' in found ? found.executable : ''
    studio = cleanUp.use(await startLabelStudio(executable, { env: STRICT }))
  }, 300_000)

  afterAll(() => cleanUp.disposeAsync(), 60_000)

  test('what does not fit the labeling config is refused here, so that what is stored was checked', async () => {
    const { project, task, regions } = await create(cases[0] as Case)
    const [region] = asJson(regions)
    const bad = { task, result: [{ ...region, value: { x: 1, y: 1, width: 200, height: 1 } }] }
    await expect(studio.api.post('/api/predictions', bad)).rejects.toThrow('400')
    const bulk = studio.api.post(`/api/projects/${project.id}/import/predictions`, [bad])
    await expect(bulk).rejects.toThrow('400')
    expect(await project.predictions()).toEqual([])
  })

  test.each(cases.filter(({ refused }) => refused === undefined).map((each) => [each.name, each] as const))(
    '%s: stored as it was built, one by one and in bulk',
    async (_name, each) => {
      const { project, task, regions, labeling } = await create(each)
      expect(checkRegions(regions, labeling)).toEqual({ kept: regions, dropped: [] })
      const prediction = { task, result: regions, score: 0.5, model_version: '1' }
      await studio.api.post<StoredPrediction>('/api/predictions', prediction)
      const bulk = [{ ...prediction, model_version: '2' }]
      await studio.api.post(`/api/projects/${project.id}/import/predictions`, bulk)
      const stored = await project.predictions()
      expect(stored.map(({ model_version: version }) => version).toSorted()).toEqual(['1', '2'])
      for (const { result } of stored) expect<readonly object[]>(result).toEqual(asJson(regions))
    },
  )

  test.each(cases.filter(({ refused }) => refused !== undefined).map((each) => [each.name, each] as const))(
    '%s: fits its labeling config, but the validation of predictions does not know it',
    async (_name, each) => {
      const { task, regions, labeling } = await create(each)
      expect(checkRegions(regions, labeling)).toEqual({ kept: regions, dropped: [] })
      const prediction = studio.api.post('/api/predictions', { task, result: regions, model_version: '1' })
      await expect(prediction).rejects.toThrow(each.refused)
    },
  )

  describe.skipIf(chromium === undefined)(
    `in the editor${chromium === undefined ? ' (skipped: no Chromium on the PATH, and CHROMIUM names none)' : ''}`,
    () => {
      let page: Page
      beforeAll(async () => {
        const browser = await openBrowser(chromium ?? '')
        cleanUp.defer(() => browser.close())
        page = await signIn(browser, studio)
      }, 60_000)

      test.each([...imageCases, ...otherCases.slice(0, 3)].map((each) => [each.name, each] as const))(
        '%s: a person sees the regions, and would submit the same',
        async (name, each) => {
          const { project, task, regions } = await create(each)
          if (each.refused === undefined)
            await studio.api.post('/api/predictions', { task, result: regions, model_version: '1' })
          else await project.submit(task, asJson(regions) as never)
          await page.goto(`/projects/${project.id}/data`)
          await page.getByTestId('table-row').first().click()
          const shown = await editorItems(page, asJson(regions))
          await page.screenshot({ path: join(pictures, `region-${name.replaceAll(/\W+/g, '-')}.png`) })
          expectSame(shown, asJson(regions))
          if (each.highlights !== undefined) expect(await highlights(page)).toEqual(each.highlights)
        },
        60_000,
      )

      test('a word that a person labels behind an emoji is read as that word', async () => {
        const text = '\u{1F600} Ada and \u{1F600} Charles'
        const config = otherCases[0]?.config ?? ''
        const project = await createEmptyProject(studio.api, config)
        await project.add([{ text }])
        await page.goto(`/projects/${project.id}/data`)
        await page.getByTestId('table-row').first().click()
        await page.locator('.lsf-labels .lsf-label', { hasText: 'Person' }).click()
        const { x, y } = await placeOf(page, 'Charles')
        await page.mouse.dblclick(x, y)
        await page.locator('.lsf-outliner-item').first().waitFor()
        const items = (await (await page.waitForFunction(itemsIfAll, 1)).jsonValue()) as readonly object[]
        const spans = controlOf(parseLabelingConfig(config), { control: 'Labels', object: 'Text' }).on(text)
        const read = spans.read(items).map(({ start, end, labels }) => [text.slice(start, end), labels])
        expect(read).toEqual([['Charles', ['Person']]])
        expect(await highlights(page)).toEqual(['Charles'])
      }, 60_000)
    },
  )

  async function create({ config, data, regions }: Case) {
    const project = await createEmptyProject(studio.api, config)
    const [task = 0] = await project.add([data])
    const labeling = parseLabelingConfig(config)
    return { project, task, labeling, regions: regions(labeling) }
  }
})

type Json = Readonly<Record<string, unknown>>

/** As it is after a way through JSON. */
function asJson(value: readonly ResultItem[]): readonly Json[] {
  return JSON.parse(JSON.stringify(value)) as readonly Json[]
}

/** What the editor would send if the person submitted now, once all regions are in its list and drawn. */
async function editorItems(page: Page, sent: readonly Json[]): Promise<readonly Json[]> {
  const regions = new Set(sent.filter(isRegion).map(({ id }) => id))
  if (regions.size > 0)
    await page
      .locator('.lsf-outliner-item')
      .nth(regions.size - 1)
      .waitFor()
  const items = await page.waitForFunction(itemsIfAll, sent.length)
  // Pictures are painted after their regions are known.
  await page.evaluate(() => new Promise((done) => void setTimeout(done, 0)))
  return (await items.jsonValue()) as readonly Json[]
}

/** The middle of a word of the text, on the page. As a script, because the tests' types know no documents. */
function placeOf(page: Page, word: string): Promise<{ readonly x: number; readonly y: number }> {
  return page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.querySelector('.lsf-richtext'), NodeFilter.SHOW_TEXT)
    while (!walker.nextNode().textContent.includes('${word}'));
    const at = walker.currentNode.textContent.indexOf('${word}')
    const range = document.createRange()
    range.setStart(walker.currentNode, at)
    range.setEnd(walker.currentNode, at + ${word.length})
    const { left, top, width, height } = range.getBoundingClientRect()
    return { x: left + width / 2, y: top + height / 2 }
  })()`)
}

/** Runs in the page. */
function itemsIfAll(count: number): readonly object[] | undefined {
  const { annotationStore: store } = (globalThis as never as { Htx?: Htx }).Htx ?? {}
  const items = store?.selected?.serializeAnnotation() ?? []
  return items.length >= count ? items : undefined
}

interface Htx {
  readonly annotationStore?: { readonly selected?: { serializeAnnotation(): readonly object[] } }
}

/** An answer for the whole task has one key in its value. */
function isRegion({ value }: Json): boolean {
  return Object.keys(value ?? {}).length > 1
}

async function highlights(page: Page): Promise<readonly string[]> {
  const marked = await Promise.all(
    page.frames().map((frame) => frame.locator('.htx-highlight').allInnerTexts()),
  )
  return marked.flat()
}

/** The editor adds keys of its own, and its numbers have gone through pixels and back. */
function expectSame(shown: readonly Json[], sent: readonly Json[]): void {
  for (const { id, from_name, type, value, score, item_index, parentID, ...rest } of sent) {
    const same = shown.find((item) =>
      type === 'relation' ? item.type === type : item.id === id && item.from_name === from_name,
    )
    expect(same).toMatchObject(type === 'relation' ? rest : { type, ...close({ value }) })
    expect({ score, item_index, parentID }).toEqual({
      score: same?.score,
      item_index: same?.item_index,
      parentID: same?.parentID,
    } as never)
  }
}

function close(value: Json): Json {
  // Of a HyperText the editor looks up the nodes itself where they are not said.
  const { start, end: _, startOffset: __, endOffset: ___, ...rest } = value
  const said = start === '' ? rest : value
  return Object.fromEntries(Object.entries(said).map(([key, each]) => [key, closeTo(each)]))
}

function closeTo(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 2)
  if (Array.isArray(value)) return value.map(closeTo)
  return typeof value === 'object' && value !== null ? close(value as Json) : value
}
