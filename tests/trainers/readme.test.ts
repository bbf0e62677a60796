import { afterAll, expect, test } from 'bun:test'
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tempDir } from '../_helpers/temp-dir.ts'
import { listModel } from '../vision/detection/list-model.ts'

const root = resolve(import.meta.dir, '../..')
const folder = tempDir()
afterAll(() => folder[Symbol.dispose]())

/** Stands in for Docker: says what it was called with, reports as MMDetection does, and leaves a detector. */
const DOCKER = `#!/bin/sh
echo "arguments: $*"
echo '11/25 18:40:02 - mmengine - INFO - Epoch(train)  [12][100/100]  lr: 2.0000e-02'
for out; do :; done
cp "$MODEL" "$out"
`

const RUN = `
import { testBackend } from 'lsml/testing'
import backend from './trained.ts'

const labelConfig = '<View><Image name="i" value="$image"/><RectangleLabels name="r" toName="i"><Label value="Cat"/><Label value="Dog"/></RectangleLabels></View>'
const log = { error: console.error, warn: console.error, info: console.error, debug: console.error, with: () => log }
await using tested = await testBackend(backend, { labelConfig, log })
const image = 'data:image/png;base64,' + process.argv[2]
const tasks = Array.from({ length: 10 }, (_, index) => ({ id: index + 1, data: { image }, annotations: [{ id: index + 1, result: [] }] }))
const [before] = await tested.predict(tasks.slice(0, 1))
await tested.fit({ action: 'START_TRAINING', tasks })
const [after] = await tested.predict(tasks.slice(0, 1))
console.log(JSON.stringify({ before: before.result, after: after.result }))
`

test('the detector that is trained in a container, as the README of the example has it, works', async () => {
  const readme = readFileSync(join(root, 'examples/detection/README.md'), 'utf8')
  const [, code] = /```ts\n(import \{ controlOf[\s\S]*?trainWith[\s\S]*?)```/.exec(readme) ?? []
  writeFileSync(join(folder.path, 'trained.ts'), code ?? '')
  writeFileSync(join(folder.path, 'run.ts'), RUN)
  writeFileSync(join(folder.path, 'model.onnx'), listModel([[10, 20, 30, 40, 0.9, 1]]))
  writeFileSync(join(folder.path, 'docker'), DOCKER)
  chmodSync(join(folder.path, 'docker'), 0o755)
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  writeFileSync(
    join(folder.path, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['trained.ts'] }),
  )
  expect(await run(['check', '--no-pretty'])).toMatchObject({ code: 0 })

  const picture = readFileSync(join(root, 'examples/ocr/sample/receipt.png'), 'base64')
  const { code: exit, stdout, stderr } = await run(['run.ts', picture])
  expect({ exit, stderr }).toMatchObject({ exit: 0 })
  const { before, after } = JSON.parse(stdout) as { before: unknown[]; after: unknown[] }
  expect(before).toEqual([])
  expect(after).toMatchObject([
    { from_name: 'r', type: 'rectanglelabels', value: { rectanglelabels: ['Dog'] } },
  ])
  expect(stderr).toMatch(
    /arguments: run --rm --init --gpus all -v (\S+):\1:ro -v (\S+):\2 my-mmdetection --train \1\/train\.json .* --onnx \2\/end2end\.onnx/,
  )
}, 60_000)

async function run(args: readonly string[]) {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: folder.path,
    env: {
      ...process.env,
      PATH: `${folder.path}:${process.env.PATH ?? ''}`,
      MODEL: join(folder.path, 'model.onnx'),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { stdout, stderr, code }
}
