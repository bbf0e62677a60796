import type { Page } from 'playwright-core'
import type { Project } from './label-studio/project.ts'

/** In percent of the image, as regions have it. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Of a region with one line of text in the list, which has half of the window's height. */
const ROW_HEIGHT = 70

/** Opens the project's Data Manager and its first task, as a person does, and waits for the regions' texts. */
export async function openTask(page: Page, project: Project): Promise<void> {
  await page.goto(`/projects/${project.id}/data`)
  await page.getByTestId('table-row').first().click()
  await page.getByTestId('textarea-region-textarea').first().waitFor()
}

/**
 * The texts in the list of regions, in its order. The list renders only what is in view, so the window grows for a moment.
 *
 * @param count of the regions that are waited for
 */
export async function regionTexts(page: Page, count: number): Promise<readonly string[]> {
  const size = page.viewportSize() ?? { width: 1600, height: 1000 }
  await page.setViewportSize({ ...size, height: size.height + 2 * count * ROW_HEIGHT })
  const areas = page.getByTestId('textarea-region-textarea')
  await areas.nth(count - 1).waitFor()
  const texts = await areas.evaluateAll((all: readonly { readonly value: string }[]) =>
    all.map(({ value }) => value),
  )
  await page.setViewportSize(size)
  return texts
}

/** Switches auto-annotation on, takes the smart rectangle and its label, and draws. */
export async function drawSmartRectangle(page: Page, label: string, box: Box): Promise<void> {
  // The input itself is invisible; what is seen is drawn over it.
  await page.getByTestId('bottombar-auto-annotation-toggle').check({ force: true })
  // Until one is taken, the tool that was last in use stays: with it, a rectangle is just a rectangle.
  await page.locator('.lsf-tool_smart').first().click()
  await page.locator('.lsf-labels .lsf-label', { hasText: label }).click()
  const image = await page.locator('.lsf-image').boundingBox()
  if (image === null) throw new Error('The editor shows no image.')
  const at = (x: number, y: number) =>
    [image.x + (x / 100) * image.width, image.y + (y / 100) * image.height] as const
  await page.mouse.move(...at(box.x, box.y))
  await page.mouse.down()
  await page.mouse.move(...at(box.x + box.width / 2, box.y + box.height / 2), { steps: 4 })
  await page.mouse.move(...at(box.x + box.width, box.y + box.height), { steps: 4 })
  await page.mouse.up()
}

/** The tick below the image, once the backend's answer is shown. */
export async function acceptSuggestions(page: Page): Promise<void> {
  await page.getByTestId('bottombar-accept-suggestions-button').click()
  await page.getByTestId('bottombar-accept-suggestions-button').waitFor({ state: 'detached' })
}

/** Scrolls the list of regions to its end. */
export async function showLastRegion(page: Page): Promise<void> {
  await page.getByTestId('textarea-region-textarea').first().hover()
  await page.mouse.wheel(0, 100_000)
}
