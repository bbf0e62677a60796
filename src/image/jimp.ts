import { pathToFileURL } from 'node:url'

/** The one place that knows jimp. Loading it takes 0.2 s, so only those who need it do. */
export async function loadJimp() {
  return (await import('jimp')).Jimp
}

/** Open Sans as pictures of letters, black on transparent. */
export async function loadBitmapFont() {
  const [{ loadFont }, { SANS_64_BLACK }] = await Promise.all([import('jimp'), import('jimp/fonts')])
  // Where there is a `self`, as in Bun, jimp fetches the font instead of reading a file, and so needs a URL.
  return loadFont('self' in globalThis ? pathToFileURL(SANS_64_BLACK).href : SANS_64_BLACK)
}
