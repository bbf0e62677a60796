import { describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { until } from '../../_helpers/until.ts'
import { findChromium, openBrowser, signIn } from '../browser.ts'
import type { Release } from '../label-studio/find.ts'
import type { LabelStudio } from '../label-studio/start.ts'
import { createEmptyProject } from '../label-studio/project.ts'
import { type Flow, has, PAGE } from './flow.ts'

const chromium = findChromium()
const receipt = Bun.file(join(import.meta.dir, '../../../examples/ocr/sample/receipt.png'))
const pictures = process.env.LSML_TEST_OUT ?? join(tmpdir(), 'lsml-e2e')

/** What a person sees in a browser. */
export function testPages(release: Release, flow: () => Flow): void {
  const absent =
    chromium === undefined
      ? 'no Chromium on the PATH, and CHROMIUM names none'
      : has(release, 'predictions in the label stream')
        ? undefined
        : `${release.version} has no predictions in the label stream`

  describe.skipIf(absent !== undefined)(
    `in a browser${absent === undefined ? '' : ` (skipped: ${absent})`}`,
    () => {
      test('the label stream shows each next task with its prediction, and submits what was left of it', async () => {
        const { studio, recorder } = flow()
        const project = await createEmptyProject(studio.api, PAGE)
        await project.add(receipt)
        const tasks = await project.add(receipt)
        await project.connect(recorder.url)
        await withPage(studio, async (page) => {
          await page.goto(`/projects/${project.id}/data`)
          await page
            .getByRole('button', { name: /^Label (All )?Tasks/ })
            .first()
            .click()
          await showsPredicted(page, tasks[0] ?? 0)
          await page.getByTestId('bottombar-submit-button').click()
          await showsPredicted(page, tasks[1] ?? 0)
          await page.screenshot({ path: join(pictures, 'label-stream.png') })
        })
        expect((await project.predictions()).map(({ task }) => task)).toEqual([...tasks])
        const [first = 0] = tasks
        const submitted = await studio.api.get<{ result: object[] }[]>(`/api/tasks/${first}/annotations/`)
        expect(submitted).toMatchObject([{ result: [{ from_name: 'box', origin: 'prediction' }] }])
        await until('training on what was submitted', () => recorder.calls('fit', project.id)[0])
      })

      test('the settings show that the model is connected, and its version', async () => {
        const { studio, recorder } = flow()
        const project = await createEmptyProject(studio.api, PAGE)
        await project.add(receipt)
        await project.connect(recorder.url)
        await project.retrieve()
        await withPage(studio, async (page) => {
          await page.goto(`/projects/${project.id}/settings/ml`)
          await page.getByText('Connected', { exact: true }).waitFor()
          await page.getByText(recorder.url).waitFor()
          await page.screenshot({ path: join(pictures, 'model.png') })
          await page.goto(`/projects/${project.id}/settings/predictions`)
          await page.getByText('1.0.0', { exact: true }).waitFor()
          await page.screenshot({ path: join(pictures, 'versions.png') })
        })
      })
    },
  )
}

/** Waits for a task, and in its list of regions for the score of the prediction. */
async function showsPredicted(page: Page, task: number): Promise<void> {
  await page.locator('.lsf-current-task', { hasText: new RegExp(`^${task}`) }).waitFor()
  await page.getByText('0.50', { exact: true }).waitFor()
}

/** In a browser of its own, signed in. */
async function withPage(studio: LabelStudio, run: (page: Page) => Promise<void>): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  const browser = await openBrowser(chromium ?? '')
  try {
    await run(await signIn(browser, studio))
  } finally {
    await browser.close()
  }
}
