#!/usr/bin/env bun
/**
 * Renders the sample pages from their HTML with headless Chromium: `bun examples/ocr/sample/make-pages.ts`.
 * Fonts: Debian's fonts-liberation and fonts-courier-prime. The pictures are committed, so nobody needs this to run lsml.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const pages = [
  { name: 'receipt', width: 620, height: 850, type: 'png' },
  { name: 'letter', width: 900, height: 740, type: 'png' },
  { name: 'photo', width: 1000, height: 760, type: 'jpeg' },
] as const

const profile = await mkdtemp(join(tmpdir(), 'lsml-pages-'))
try {
  for (const { name, width, height, type } of pages) {
    const shot = join(profile, `${name}.png`)
    const chromium = Bun.spawn(
      [
        process.env.CHROMIUM ?? 'chromium',
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--hide-scrollbars',
        `--user-data-dir=${profile}`,
        `--window-size=${width},${height}`,
        `--screenshot=${shot}`,
        `file://${join(import.meta.dir, `${name}.html`)}`,
      ],
      { stdout: 'ignore', stderr: 'ignore' },
    )
    if ((await chromium.exited) !== 0) throw new Error(`Chromium could not render ${name}.html`)
    const image = new Bun.Image(await Bun.file(shot).bytes())
    const bytes = await (
      type === 'png' ? image.png({ compressionLevel: 9 }) : image.jpeg({ quality: 72 })
    ).bytes()
    await Bun.write(join(import.meta.dir, `${name}.${type === 'png' ? 'png' : 'jpg'}`), bytes)
  }
} finally {
  await rm(profile, { recursive: true, force: true })
}
