import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import type { CatalogueEntry } from '../../src/registry/catalogue.ts'
import { builtInModels } from '../../src/registry/find-model.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { certificate, privateKey } from '../media/certificate.ts'
import { type FileServerOptions, startFileServer } from '../registry/file-server.ts'
import { tinyEntry, tinyModel } from '../registry/tiny-model.ts'
import { lsml, main } from './_run.ts'

/** An empty data folder, and a server that has the tiny model. */
async function place(server: FileServerOptions = {}) {
  const dir = tempDir()
  const files = await startFileServer(tinyModel, server)
  const env = { XDG_DATA_HOME: join(dir.path, 'data'), LSML_MODEL_DIR: '' }
  const catalogue = join(dir.path, 'catalogue.json')
  return {
    path: dir.path,
    models: join(dir.path, 'data/lsml/models'),
    files,
    env,
    catalogue,
    know: (...entries: readonly Partial<CatalogueEntry>[]) =>
      writeFileSync(catalogue, JSON.stringify({ models: entries.map((entry) => tinyEntry(entry)) })),
    run: (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      lsml(['models', ...args], { env: { ...env, ...more } }),
    [Symbol.dispose]() {
      files[Symbol.dispose]()
      dir[Symbol.dispose]()
    },
  }
}

describe('lsml models', () => {
  test('shows its commands, as an error when none is given', async () => {
    using at = await place()
    const help = await at.run(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of ['list [text]', 'info <name>', 'pull <name> …', 'where [name]', 'convert <input>'])
      expect(help.stdout).toContain(`  ${command}`)
    expect(await at.run([])).toEqual({ code: 2, stdout: '', stderr: help.stdout })
  })

  test('knows what was meant', async () => {
    using at = await place()
    const { code, stderr } = await at.run(['lst'])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /There is no command `lst` of `lsml models`. Did you mean `list`\? Commands are: list, info/,
    )
    expect(stderr).toEndWith('See `lsml models --help`.\n')
    const flag = await at.run(['pull', 'yolox-nano', '--miror', 'x'])
    expect(flag.stderr).toBe(
      'lsml: There is no flag `--miror`. Did you mean `--mirror`?\nSee `lsml models pull --help`.\n',
    )
    const name = await at.run(['info', 'yolox_nan'])
    expect(name).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean `yolox-nano`?') })
  })
})

describe('lsml models list', () => {
  test('has what ships and what can be pulled, in columns', async () => {
    using at = await place()
    const { code, stdout } = await at.run(['list'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^name +task +size +licence +state$/m)
    expect(stdout).toMatch(/^text-detector +text-detection +3\.4 MB +MIT +ships$/m)
    expect(stdout).toMatch(/^yolox-nano +object-detection +3\.7 MB +Apache-2\.0 +-$/m)
    expect(stdout).toMatch(/^onnxtr-db-resnet50 +text-detection +\? +Apache-2\.0 +unverified$/m)
  })

  test('has those of a text, and those that are here, also as JSON', async () => {
    using at = await place()
    const yolox = (await at.run(['list', 'YOLOX'])).stdout.trim().split('\n')
    expect(yolox.slice(1).map((line) => line.split(' ')[0])).toEqual(['yolox-nano', 'yolox-s', 'yolox-tiny'])
    const here = await at.run(['list', '--here', '--json'])
    const file = join(builtInModels, 'text-detector/text-detector.onnx')
    expect(JSON.parse(here.stdout)).toMatchObject([
      {
        name: 'text-detector',
        state: 'ships',
        task: 'text-detection',
        bytes: 3_392_637,
        verifiable: true,
        file,
      },
      { name: 'text-recognizer' },
    ])
    expect(await at.run(['list', 'no-such-thing'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There is none.\n',
    })
  })
})

describe('lsml models info and where', () => {
  test('tell what is known, and where it lies', async () => {
    using at = await place()
    const { stdout } = await at.run(['info', 'yolox-nano'])
    expect(stdout).toContain('State     not here: `lsml models pull yolox-nano`')
    expect(stdout).toContain('SHA-256   c789161ed43c8269fcd4e67c67eeeb4e80c622da2eb296a20bc6007bd18a0b7d')
    expect(stdout).toContain('Accuracy  mAP 0.287 on COCO val2017, 206 images')
    expect((await at.run(['info', 'dfine-n'])).stdout).toContain('boxes of this export are poor')
    expect((await at.run(['info', 'onnxtr-db-resnet34'])).stdout).toContain('begins with b4873198')
    expect(JSON.parse((await at.run(['info', 'text-detector', '--json'])).stdout)).toMatchObject({
      name: 'text-detector',
      state: 'ships',
      family: 'dbnet',
      inputs: [{ name: 'image' }],
    })
    expect((await at.run(['where'])).stdout).toBe(`${at.models}\n`)
    expect((await at.run(['where'], { LSML_MODEL_DIR: '/elsewhere' })).stdout).toBe('/elsewhere\n')
    expect((await at.run(['where', '--model-dir', at.path], { LSML_MODEL_DIR: '/elsewhere' })).stdout).toBe(
      `${at.path}\n`,
    )
    const file = join(builtInModels, 'text-detector/text-detector.onnx')
    expect(JSON.parse((await at.run(['where', 'text-detector', '--json'])).stdout)).toEqual({
      name: 'text-detector',
      file,
    })
    expect(await at.run(['where', 'yolox-nano'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('lsml models pull yolox-nano'),
    })
  })
})

describe('lsml models pull', () => {
  test('downloads into the data folder, tells how it went, and prints the path', async () => {
    using at = await place()
    at.know({})
    const args = ['pull', 'tiny', '--catalogue', at.catalogue, '--mirror', at.files.origin]
    const file = join(at.models, 'tiny/tiny.onnx')
    const { host } = new URL(at.files.origin)
    expect(await at.run(args)).toEqual({
      code: 0,
      stdout: `${file}\n`,
      stderr: `Getting tiny.onnx of tiny from ${host}\ntiny is here: ${tinyModel.length} B, SHA-256 as in the catalogue\n`,
    })
    expect(readFileSync(file).equals(tinyModel)).toBeTrue()
    expect((await at.run(args)).stderr).toContain('tiny was here already')
    expect(at.files.seen).toHaveLength(1)
    expect((await at.run(['list', '--here'])).stdout).toMatch(/^tiny .* here$/m)
    expect(await at.run(['rm', 'tiny'])).toEqual({ code: 0, stdout: '', stderr: 'Removed tiny.\n' })
    expect(readdirSync(at.models)).toEqual([])
  })

  test('obeys the proxy of the environment, and its exceptions', async () => {
    using at = await place()
    at.know({ url: 'http://models.example/tiny.onnx' })
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(tinyModel)
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    const HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const args = ['pull', 'tiny', '--catalogue', at.catalogue]
    expect(
      await at.run(args, { HTTP_PROXY, http_proxy: HTTP_PROXY, NO_PROXY: '', no_proxy: '' }),
    ).toMatchObject({
      code: 0,
    })
    expect(asked).toEqual(['http://models.example/tiny.onnx'])
    await at.run(['rm', 'tiny'])
    const direct = { HTTP_PROXY, http_proxy: HTTP_PROXY, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' }
    expect(await at.run([...args, '--mirror', at.files.origin], direct)).toMatchObject({ code: 0 })
    expect(asked).toHaveLength(1)
    proxy.close()
  })

  test('goes through a tunnel of the proxy for HTTPS', async () => {
    using at = await place()
    at.know({})
    const secure = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      tls: { cert: certificate, key: privateKey },
      fetch: () => new Response(tinyModel),
    })
    const asked: string[] = []
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const tunnel = connect(secure.port ?? 0, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        tunnel.pipe(socket).pipe(tunnel)
      })
    })
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const { code, stderr } = await at.run(['pull', 'tiny', '--catalogue', at.catalogue], {
      HTTPS_PROXY,
      https_proxy: HTTPS_PROXY,
      NO_PROXY: '',
      no_proxy: '',
      // Nobody trusts the certificate of this test.
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    })
    expect({ code, asked }).toEqual({ code: 0, asked: ['models.example:443'] })
    expect(stderr).toContain('Getting tiny.onnx of tiny from models.example')
    proxy.close()
    await secure.stop(true)
  })

  test('takes a mirror from the environment', async () => {
    using at = await place()
    at.know({})
    const { code } = await at.run(['pull', 'tiny', '--catalogue', at.catalogue], {
      LSML_MODEL_MIRROR: `https://other.example/=https://no.example/ ${at.files.origin}`,
    })
    expect(code).toBe(0)
    expect(at.files.seen.map(({ path }) => path)).toEqual(['/tiny.onnx?download=1'])
  })

  test('shows a licence that is not permissive before anything is downloaded, and wants a yes', async () => {
    using at = await place()
    at.know(
      {},
      { name: 'gpl', license: 'GPL-2.0-only', source: 'https://gpl.example' },
      { name: 'odd', license: 'unknown' },
    )
    const args = ['pull', 'tiny', 'gpl', '--catalogue', at.catalogue, '--mirror', at.files.origin]
    const { code, stdout, stderr } = await at.run(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /The licence of gpl is GPL-2\.0-only: .* See https:\/\/gpl\.example\n.*Give `--yes`/,
    )
    expect((await at.run(['pull', 'odd', '--catalogue', at.catalogue])).code).toBe(1)
    expect(at.files.seen).toEqual([])
    expect(await at.run([...args, '--yes'])).toMatchObject({ code: 0 })
    expect(existsSync(join(at.models, 'gpl/tiny.onnx'))).toBeTrue()
  })

  test('takes no unverified model unless it is told to', async () => {
    using at = await place()
    at.know({ sha256: undefined, caution: 'Have a look at it.' })
    const args = ['pull', 'tiny', '--catalogue', at.catalogue, '--mirror', at.files.origin]
    expect(await at.run(args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--allow-unverified'),
    })
    const { code, stderr } = await at.run([...args, '--allow-unverified'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^tiny: Have a look at it\.\n[^]*not verified, SHA-256 [0-9a-f]{64}\n$/)
  })

  test('says what it got in place of the file', async () => {
    using at = await place()
    at.know({ sha256: 'a'.repeat(64) })
    const { code, stderr } = await at.run([
      'pull',
      'tiny',
      '--catalogue',
      at.catalogue,
      '--mirror',
      at.files.origin,
    ])
    expect(code).toBe(1)
    expect(stderr).toContain(`expected are SHA-256 \`${'a'.repeat(64)}\`. Nothing was replaced.`)
    expect(readdirSync(at.models)).toEqual([])
  })

  test('ends in good order when it is interrupted, and goes on later', async () => {
    using at = await place({ answers: [{ kind: 'stall', bytes: 30 }, { kind: 'file' }], etag: '"one"' })
    at.know({})
    const args = ['models', 'pull', 'tiny', '--catalogue', at.catalogue, '--mirror', at.files.origin]
    const child = Bun.spawn([process.execPath, main, ...args], {
      env: { ...process.env, ...at.env },
      stdout: 'ignore',
      stderr: 'pipe',
    })
    await at.files.stalled
    child.kill('SIGINT')
    expect(await new Response(child.stderr).text()).toContain('What has come is kept')
    expect(await child.exited).toBe(1)
    expect(existsSync(join(at.models, 'tiny/.lock'))).toBeFalse()
    expect(await at.run(args.slice(1))).toMatchObject({ code: 0 })
  })
})

describe('lsml models add and verify', () => {
  test('give a name to a file, which a backend then finds', async () => {
    using at = await place()
    const path = join(at.path, 'best.onnx')
    writeFileSync(path, tinyModel)
    const added = await at.run([
      'add',
      path,
      '--name',
      'ours',
      '--task',
      'object-detection',
      '--licence',
      'MIT',
    ])
    expect(added).toEqual({
      code: 0,
      stdout: `${join(at.models, 'ours/best.onnx')}\n`,
      stderr:
        'Added ours (object-detection, family auto): `ours` can be given wherever a path of a model can.\n',
    })
    const sample = join(builtInModels, '../examples/ocr/sample/receipt.png')
    const wrong = await lsml(['predict', 'ocr', sample, '--with', 'det_ckpt=ours'], { env: at.env })
    expect(wrong.stderr).toContain('ours/best.onnx` is no text detector')
    const away = await lsml(['predict', 'ocr', sample, '--with', 'det_ckpt=ppocr-v5-det-mobile'], {
      env: at.env,
    })
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('lsml models pull ppocr-v5-det-mobile'),
    })
  }, 60_000)

  test('know good files from others', async () => {
    using at = await place()
    const path = join(at.path, 'best.onnx')
    writeFileSync(path, tinyModel)
    writeFileSync(join(at.path, 'keys.txt'), 'a')
    await at.run(['add', path, '--name', 'ours', '--beside', join(at.path, 'keys.txt')])
    expect(await at.run(['verify'])).toEqual({
      code: 0,
      stdout: 'ours             ok\ntext-detector    ok\ntext-recognizer  ok\n',
      stderr: '',
    })
    writeFileSync(join(at.models, 'ours/keys.txt'), 'b')
    const changed = await at.run(['verify', 'ours'])
    expect(changed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^ours .*keys\.txt` has SHA-256/),
    })
    writeFileSync(join(at.models, 'ours/best.onnx'), 'x')
    expect((await at.run(['verify', 'ours'])).stdout).toContain(
      `has 1 bytes, expected are ${tinyModel.length}`,
    )
    writeFileSync(join(at.models, 'ours/manifest.json'), '{')
    expect((await at.run(['verify', 'ours'])).stdout).toContain('is not JSON')
    expect((await at.run(['list', 'ours'])).stdout).toMatch(/broken$/m)
    expect(await at.run(['verify', 'yolox-nano'])).toMatchObject({ code: 1, stdout: '' })
  })

  test('leave models on servers to their servers', async () => {
    using at = await place()
    const home = join(at.models, 'far')
    mkdirSync(home, { recursive: true })
    const tensors = [{ name: 'x', type: 'float32' }]
    const manifest = {
      name: 'far',
      version: '1',
      description: 'Is elsewhere.',
      task: 'other',
      family: 'auto',
      license: 'MIT',
      engine: 'kserve',
      url: 'http://127.0.0.1:1/v2/models/far',
      inputs: tensors,
      outputs: tensors,
    }
    writeFileSync(join(home, 'manifest.json'), JSON.stringify(manifest))
    expect((await at.run(['list', 'far'])).stdout).toMatch(/^far .*server$/m)
    expect((await at.run(['info', 'far'])).stdout).toMatch(/State +on a server\n[^]*v2\/models\/far/)
    expect(await at.run(['verify', 'far'])).toEqual({ code: 0, stdout: 'far  on a server\n', stderr: '' })
    expect(await at.run(['rm', 'far'])).toMatchObject({ code: 2 })
  })

  test.each([
    [['add', 'x.onnx'], 'The name is missing: `--name <name>`.'],
    [['add', 'x.onnx', '--name', 'x', '--task', 'object-detecton'], 'Did you mean `object-detection`?'],
    [['pull'], 'The name is missing'],
    [
      ['pull', 'text-detector'],
      '`text-detector` is no model of the catalogue: it is on this machine already.',
    ],
    [['pull', 'yolox-nano', '--mirror', 'mirror.example'], '`mirror.example` is no mirror.'],
    [['rm'], 'The name is missing'],
  ])('%j is refused', async (args, message) => {
    using at = await place()
    expect(await at.run(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })
})
