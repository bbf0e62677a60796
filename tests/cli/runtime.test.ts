import { expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { runtimeProblem } from '../../src/cli/runtime.ts'

const main = resolve(import.meta.dir, '../../src/cli/main.ts')

test.each(['1.4.5', '1.4.6', '1.5.0', '2.0.0', '1.10.0', '1.4.5-canary.3', process.versions.bun ?? ''])(
  'Bun %s is recent enough',
  (version) => {
    expect(runtimeProblem(version)).toBeUndefined()
  },
)

test.each(['1.4.4', '1.3.14', '0.9.9'])(
  'Bun %s is too old, and the answer says how to get another',
  (version) => {
    expect(runtimeProblem(version)).toMatch(/^lsml runs on Bun 1\.4\.5 or newer, and this is Bun `[\d.]+`/)
    expect(runtimeProblem(version)).toContain('bun upgrade')
  },
)

test('another runtime is told so', () => {
  expect(runtimeProblem(undefined)).toContain('this is another runtime')
})

test('the command asks for Bun, can be executed, and loads nothing but the check before it', () => {
  const code = readFileSync(main, 'utf8')
  expect(code).toStartWith('#!/usr/bin/env bun\n')
  expect(statSync(main).mode & 0o111).toBe(0o111)
  expect([...code.matchAll(/^import .* from '(.*)'/gm)].map(([, path]) => path)).toEqual(['./runtime.ts'])
})
