import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { LabelStudio } from './label-studio/start.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** `CHROMIUM`, or the first of the usual names on the PATH. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM
  if (named !== undefined) return existsSync(named) ? named : undefined
  return NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined
}

export function openBrowser(executablePath: string): Promise<Browser> {
  // Chromium has no sandbox for root, as in a container.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
}

/** A page that is signed in, of a browser that reaches nothing but this Label Studio. */
export async function signIn(browser: Browser, { url, user }: LabelStudio): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1600, height: 1000 } })
  await context.route(
    (target) => target.origin !== url,
    (route) => route.abort(),
  )
  const page = await context.newPage()
  await page.goto('/user/login/')
  await page.fill('input[name=email]', user.email)
  await page.fill('input[name=password]', user.password)
  await page.click('button[type=submit]')
  await page.waitForURL((target) => !target.pathname.includes('login'))
  return page
}
