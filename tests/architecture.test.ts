import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { Glob } from 'bun'

const src = resolve(import.meta.dir, '../src')

/** Which rooms a room may use at run time; types may come from anywhere. A room may always use itself. */
const MAY_USE: Record<string, readonly string[]> = {
  internal: ['errors'],
  errors: [],
  log: [],
  geometry: [],
  protocol: [],
  labeling: ['errors', 'protocol', 'internal'],
  regions: ['errors', 'protocol', 'labeling', 'geometry', 'internal'],
  image: ['errors', 'geometry', 'internal'],
  onnx: ['errors', 'internal'],
  studio: ['errors', 'protocol', 'internal'],
  media: ['errors', 'internal', 'studio', 'protocol', 'image'],
  vision: ['errors', 'internal', 'geometry', 'image', 'onnx', 'registry'],
  learning: ['geometry', 'image', 'vision'],
  registry: ['errors', 'internal', 'onnx'],
  datasets: ['errors', 'internal', 'protocol', 'labeling', 'regions', 'geometry', 'image'],
  store: ['errors', 'internal', 'protocol'],
  trainers: ['errors', 'internal', 'datasets', 'registry'],
  training: ['errors', 'internal', 'protocol', 'log', 'store'],
  // Of vision, the metric of detections alone.
  evaluation: ['protocol', 'labeling', 'regions', 'geometry', 'vision'],
  backend: ['errors'],
  projects: [
    'errors',
    'internal',
    'protocol',
    'labeling',
    'regions',
    'media',
    'studio',
    'registry',
    'onnx',
    'image',
    'backend',
    'log',
  ],
  runner: [
    'errors',
    'internal',
    'protocol',
    'projects',
    'backend',
    'log',
    'media',
    'registry',
    'onnx',
    'image',
  ],
  server: [
    'errors',
    'internal',
    'protocol',
    'labeling',
    'projects',
    'runner',
    'backend',
    'log',
    'store',
    'training',
  ],
}

/** One room, mostly one file, owns each dependency. */
const OWNERS: Record<string, RegExp> = {
  hono: /^(server\/|cli\/)/,
  '@hono/zod-validator': /^server\//,
  '@hono/node-server': /^server\//,
  citty: /^cli\//,
  consola: /^log\.ts$/,
  'onnxruntime-node': /^onnx\//,
  jimp: /^image\//,
  sharp: /^image\//,
  saxes: /^labeling\//,
  'fast-png': /^regions\//,
  'prom-client': /^server\//,
  'ipaddr.js': /^media\//,
  'clipper2-ts': /^geometry\//,
  bullmq: /^store\/redis\//,
  ioredis: /^store\/redis\//,
}

interface Import {
  readonly file: string
  readonly room: string
  readonly target: string
}

const imports = await readImports()

test('rooms use only the rooms below them', () => {
  const broken = imports
    .filter(({ target }) => target.startsWith('.'))
    .map(({ file, room, target }) => ({
      file,
      room,
      used: roomOf(relative(src, resolve(src, dirname(file), target))),
    }))
    .filter(({ room, used }) => room !== used && MAY_USE[room] !== undefined && !MAY_USE[room].includes(used))
    .map(({ file, used }) => `${file} uses ${used}`)
  expect(broken).toEqual([])
})

test('each dependency is imported by its owner alone', () => {
  const broken = imports
    .map(({ file, target }) => ({
      file,
      owner: Object.keys(OWNERS).find((name) => target === name || target.startsWith(`${name}/`)),
    }))
    .filter(({ file, owner }) => owner !== undefined && !OWNERS[owner]?.test(file))
    .map(({ file, owner }) => `${file} imports ${owner}`)
  expect(broken).toEqual([])
})

test('one file alone imports ONNX Runtime', () => {
  const files = new Set(imports.filter(({ target }) => target === 'onnxruntime-node').map(({ file }) => file))
  expect(files.size).toBe(1)
})

test('nothing that an embedding host loads imports a module that only Bun has', () => {
  const seen = new Set<string>()
  const bunOnly: string[] = []
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { kind, path } of scan(join(src, file))) {
      if (kind !== 'import-statement') continue
      if (path === 'bun' || path.startsWith('bun:')) bunOnly.push(`${file} imports ${path}`)
      if (path.startsWith('.')) visit(relative(src, resolve(src, dirname(file), path)))
    }
  }
  for (const entry of [
    'index.ts',
    'testing.ts',
    'vision/index.ts',
    'learning/index.ts',
    'protocol/index.ts',
    'trainers/index.ts',
  ])
    visit(entry)
  expect(seen.size).toBeGreaterThan(20)
  expect(bunOnly).toEqual([])
})

test('only the command line reads arguments and the environment', () => {
  // The worker's start hands the environment on, and reads nothing of it.
  const allowed = /^(cli\/|runner\/worker\.ts|runner\/worker-process\.ts|onnx\/telemetry\.ts)/
  const readers = [...new Glob('**/*.ts').scanSync(src)]
    .filter((file) => !allowed.test(file))
    .filter((file) => /process\.(env|argv)/.test(withoutComments(readFileSync(join(src, file), 'utf8'))))
  expect(readers).toEqual([])
})

async function readImports(): Promise<readonly Import[]> {
  const found: Import[] = []
  for await (const file of new Glob('**/*.ts').scan(src)) {
    for (const { path } of scan(join(src, file))) found.push({ file, room: roomOf(file), target: path })
  }
  return found
}

function scan(path: string) {
  const code = readFileSync(path, 'utf8').replace(/^#!.*/, '')
  return new Bun.Transpiler({ loader: 'ts' }).scanImports(code)
}

function roomOf(file: string): string {
  return file.includes('/') ? (file.split('/')[0] ?? file) : file.replace(/\.ts$/, '')
}

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}
