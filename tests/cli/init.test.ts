import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { lsml, pageBackend } from './_run.ts'

const root = resolve(import.meta.dir, '../..')

/** Inside of the clone, so that the new folders find lsml where `bun install` would put it. */
let inside: string
beforeAll(() => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  inside = mkdtempSync(join(root, '.cache/init-'))
})
afterAll(() => rmSync(inside, { recursive: true, force: true }))

async function bunTest(folder: string) {
  const child = Bun.spawn([process.execPath, 'test'], {
    cwd: folder,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const stderr = await new Response(child.stderr).text()
  return { code: await child.exited, stderr }
}

describe('lsml init', () => {
  test('makes a folder from an example, which starts and whose test passes', async () => {
    const made = await lsml(['init', 'my-ocr', '--from', 'ocr'], { cwd: inside })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const folder = join(inside, 'my-ocr')
    expect(readdirSync(folder).toSorted()).toEqual([
      '.dockerignore',
      '.gitignore',
      'Dockerfile',
      'README.md',
      'backend.test.ts',
      'backend.ts',
      'compose.yaml',
      'label.ts',
      'labeling.xml',
      'learn',
      'open-reader.ts',
      'package.json',
      'params.ts',
      'sample',
      'smart-tool.ts',
      'vendor',
    ])
    for (const name of ['backend.ts', 'smart-tool.ts', 'backend.test.ts'])
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('../../src')
    for (const told of ['cd my-ocr', 'bun install', 'bunx lsml start .', 'docker compose up'])
      expect(made.stdout).toContain(told)
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(readme).toStartWith('# my-ocr\n')
    expect(readme).toContain('bunx lsml predict . sample/receipt.png')

    expect(await bunTest(folder)).toMatchObject({ code: 0, stderr: expect.stringContaining(' 0 fail') })
    const server = await startCli(['start', 'my-ocr', '-p', '0', '--check'], { cwd: inside })
    expect(server.stderr()).toMatch(/Backend +ocr 1\.0\.0 \(my-ocr\/backend\.ts\)/)
    expect(await server.stop()).toBe(0)
  }, 120_000)

  test('makes one from a file, with what it imports, a test where there is none, and the packages it needs', async () => {
    using dir = tempDir()
    const write = (name: string, content: string) => writeFileSync(join(dir.path, name), content)
    mkdirSync(join(dir.path, 'lib'))
    write(
      'cats.ts',
      `import type { Task } from 'lsml'
       import { z } from 'zod'
       import { names } from './lib/names.ts'
       export default {
         params: z.object({ label: z.string().default(names.first) }),
         predict: (tasks: Task[]) => tasks.map(() => ({ result: [] })),
       }`,
    )
    write(
      'lib/names.ts',
      `export const names = JSON.parse(await Bun.file(new URL('../names.json', import.meta.url)).text())`,
    )
    write('names.json', '{ "first": "Cat" }')
    write('secret.json', '{}')
    write('package.json', '{ "dependencies": { "zod": "4.6.7", "unused": "1.0.0" } }')
    write('lsml.config.json', '{ "label": "Dog" }')
    write(
      'labeling.xml',
      '<View><Image name="i" value="$a.b"/><Choices name="c" toName="i"><Choice value="Cat"/></Choices></View>',
    )
    const made = await lsml(['init', 'cats', '--from', join(dir.path, 'cats.ts')], { cwd: inside })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const folder = join(inside, 'cats')
    for (const name of ['backend.ts', 'lib/names.ts', 'names.json', 'lsml.config.json'])
      expect(existsSync(join(folder, name))).toBeTrue()
    for (const name of ['cats.ts', 'secret.json']) expect(existsSync(join(folder, name))).toBeFalse()
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(dependencies).toEqual({
      bun: '1.4.5',
      lsml: expect.stringMatching(/^file:vendor\/lsml-.*\.tgz$/),
      zod: '4.6.7',
    })
    expect(await bunTest(folder)).toMatchObject({ code: 0, stderr: expect.stringContaining(' 1 pass') })
  }, 60_000)

  test('puts lsml itself into the folder, ready to be installed', async () => {
    expect((await lsml(['init', 'packed', '--from', pageBackend], { cwd: inside })).code).toBe(0)
    const folder = join(inside, 'packed')
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const archive = new Bun.Archive(readFileSync(join(folder, dependencies.lsml.replace('file:', ''))))
    const files = await archive.files()
    for (const name of [
      'package.json',
      'src/cli/main.ts',
      'models/text-detector/text-detector.onnx',
      'examples/ocr/backend.ts',
    ])
      expect(files.has(`package/${name}`)).toBeTrue()
    const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
    expect(dockerfile).toContain('COPY vendor ./vendor')
    expect(dockerfile).toContain('"node_modules/lsml/src/cli/main.ts", "start", "."')
  }, 60_000)

  test('writes a compose file with Label Studio beside the backend', async () => {
    expect((await lsml(['init', 'composed', '--from', pageBackend], { cwd: inside })).code).toBe(0)
    const text = readFileSync(join(inside, 'composed/compose.yaml'), 'utf8')
    expect(Bun.YAML.parse(text)).toMatchObject({
      services: {
        backend: { build: '.', environment: { LABEL_STUDIO_URL: 'http://label-studio:8080' } },
        'label-studio': {
          image: expect.stringMatching(/^heartexlabs\/label-studio:\d/),
          ports: ['127.0.0.1:8080:8080'],
        },
      },
    })
  }, 60_000)

  test('overwrites nothing without --force, and then only its own files', async () => {
    const folder = join(inside, 'mine')
    mkdirSync(folder)
    writeFileSync(join(folder, 'backend.ts'), '// mine')
    writeFileSync(join(folder, 'notes.md'), 'notes')
    const refused = await lsml(['init', folder, '--from', pageBackend])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('has backend.ts already')
    expect(readdirSync(folder).toSorted()).toEqual(['backend.ts', 'notes.md'])
    expect((await lsml(['init', folder, '--from', pageBackend, '--force'])).code).toBe(0)
    expect(readFileSync(join(folder, 'backend.ts'), 'utf8')).toContain('defineBackend')
    expect(readFileSync(join(folder, 'notes.md'), 'utf8')).toBe('notes')
    // Made again as it is: nothing is in the way.
    expect((await lsml(['init', folder, '--from', pageBackend])).code).toBe(0)
  }, 60_000)

  test('writes nothing when the backend cannot be taken along', async () => {
    using dir = tempDir()
    mkdirSync(join(dir.path, 'backend'))
    const from = join(dir.path, 'backend/backend.ts')
    const labeling = join(dir.path, 'backend/labeling.xml')
    const to = join(dir.path, 'new')
    const refused = async (code: string, message: string) => {
      writeFileSync(from, code)
      const ended = await lsml(['init', to, '--from', from])
      expect(ended.stderr).toContain(message)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(existsSync(to)).toBeFalse()
    }
    await refused('export default {}', 'There is no `labeling.xml`')
    writeFileSync(labeling, '<View/>')
    writeFileSync(join(dir.path, 'outside.ts'), '')
    await refused(
      `import '../outside.ts'`,
      '`backend.ts` imports `../outside.ts`, which lies outside of its folder.',
    )
    await refused(`export * from './gone.ts'`, '`backend.ts` imports `./gone.ts`, which is no file.')
    expect((await lsml(['init', to, '--from', 'ocrr'])).stderr).toContain('Did you mean `ocr`?')
    const internal = join(inside, 'internal/backend.ts')
    mkdirSync(join(inside, 'internal'))
    writeFileSync(internal, `import type { Logger } from '../../../src/log.ts'`)
    writeFileSync(join(inside, 'internal/labeling.xml'), '<View/>')
    expect((await lsml(['init', to, '--from', internal])).stderr).toContain(
      '`backend.ts` imports `../../../src/log.ts`, which lsml does not export. Import it from `lsml`.',
    )
    writeFileSync(to, 'a file')
    expect((await lsml(['init', to, '--from', 'ocr'])).stderr).toContain('is a file. Give another name')
  }, 60_000)
})
