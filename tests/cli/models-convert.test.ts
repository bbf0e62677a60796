import { describe, expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { onnxModel, type OnnxNode } from '../_helpers/onnx-writer.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { DBNET_STEPS, pipelineJson } from '../vision/mmdeploy/pipeline-folder.ts'
import { lsml } from './_run.ts'

type Words = Readonly<Record<string, readonly string[]>>

const ocr = resolve(import.meta.dir, '../../examples/ocr')

/** A folder as MMDeploy writes it, with a DBNet whose last convolution is deformable. */
function exportedDbnet(folder: string): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'end2end.onnx'), deformableDarkModel())
  writeFileSync(join(folder, 'pipeline.json'), JSON.stringify(pipelineJson(DBNET_STEPS)))
}

describe('lsml models convert', () => {
  test('makes of a DBNet with deformable convolutions one that `lsml start ocr` reads with', async () => {
    using dir = tempDir()
    const folder = join(dir.path, 'exported')
    exportedDbnet(folder)
    const model = join(folder, 'end2end.onnx')

    const converted = await lsml(['models', 'convert', model, model, '--force'])
    expect(converted).toEqual({
      code: 0,
      stderr: '',
      stdout: `${model} is written: opset 11 → 19
  1 × ReduceMean of opset 11 → 19
  1 × mmdeploy::MMCVModulatedDeformConv2d → DeformConv
  1 × Squeeze of opset 11 → 19
`,
    })

    const server = await startCli(['start', 'ocr', '-p', '0', '--with', `det_ckpt=${folder}`])
    try {
      const texts = await read(server.url)
      const truth = JSON.parse(readFileSync(join(ocr, 'sample/truth.json'), 'utf8')) as Words
      const words = new Set((truth['receipt.png'] ?? []).flatMap((line) => line.split(' ')))
      expect(texts.filter((text) => words.has(text)).length).toBeGreaterThan(words.size / 2)
    } finally {
      expect(await server.stop()).toBe(0)
    }
  }, 120_000)

  test('is what a model that needs it is answered with', async () => {
    using dir = tempDir()
    const folder = join(dir.path, 'exported')
    exportedDbnet(folder)
    const server = await startCli(['start', 'ocr', '-p', '0', '--with', `det_ckpt=${folder}`])
    try {
      const [file, output] = [join(folder, 'end2end.onnx'), join(folder, 'end2end.converted.onnx')]
      expect(await (await ask(server.url)).text()).toContain(`lsml models convert ${file} ${output}`)
    } finally {
      await server.stop()
    }
  }, 60_000)

  test('tells what else belongs beside the model, and refuses to overwrite', async () => {
    using dir = tempDir()
    const folder = join(dir.path, 'exported')
    exportedDbnet(folder)
    const words = ['models', 'convert', join(folder, 'end2end.onnx'), join(dir.path, 'new', 'end2end.onnx')]
    const { code, stderr } = await lsml(words)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Copy pipeline.json beside it: lsml reads there how the model is used.\n',
    })
    const again = await lsml(words)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('is there already')
  }, 60_000)

  test('leaves a model that needs nothing as it is', async () => {
    using dir = tempDir()
    const [from, to] = [join(dir.path, 'a.onnx'), join(dir.path, 'b.onnx')]
    writeFileSync(
      from,
      onnxModel({
        opset: 19,
        inputs: [{ name: 'x' }],
        outputs: [{ name: 'y' }],
        nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      }),
    )
    const { stdout } = await lsml(['models', 'convert', from, to])
    expect(stdout).toBe(`${to} is written: opset 19, no operator had to be changed.\n`)
    expect(readFileSync(to)).toEqual(readFileSync(from))
  }, 60_000)
})

function ask(url: string): Promise<Response> {
  const image = `data:image/png;base64,${readFileSync(join(ocr, 'sample/receipt.png'), 'base64')}`
  const labelConfig = readFileSync(join(ocr, 'labeling.xml'), 'utf8')
  const body = JSON.stringify({
    tasks: [{ id: 1, data: { ocr: image } }],
    label_config: labelConfig,
    project: '7',
  })
  return fetch(`${url}/predict`, { method: 'POST', body })
}

async function read(url: string): Promise<readonly string[]> {
  const { results } = (await (await ask(url)).json()) as {
    results: { result: { type: string; value: { text?: string[] } }[] }[]
  }
  return (results[0]?.result ?? []).flatMap(({ value }) => value.text ?? [])
}

/**
 * Finds where much is dark: the mean over a window that is as wide as a few letters, by a deformable convolution that
 * moves nothing and masks nothing.
 */
function deformableDarkModel(): Uint8Array {
  const [height, width] = [1, 15]
  const points = height * width
  const nodes: readonly OnnxNode[] = [
    { op: 'ReduceMean', inputs: ['input'], outputs: ['mean'], attributes: { axes: [1n], keepdims: 1n } },
    // Nothing is dark in the padding, which is 0.
    { op: 'Sub', inputs: ['darkest', 'mean'], outputs: ['darker'] },
    { op: 'Relu', inputs: ['darker'], outputs: ['dark'] },
    { op: 'Conv', inputs: ['dark', 'offsets', 'still'], outputs: ['offset'] },
    { op: 'Conv', inputs: ['dark', 'gates', 'open'], outputs: ['gate'] },
    { op: 'Sigmoid', inputs: ['gate'], outputs: ['mask'] },
    {
      op: 'MMCVModulatedDeformConv2d',
      domain: 'mmdeploy',
      inputs: ['dark', 'offset', 'mask', 'kernel', 'least'],
      outputs: ['much'],
      attributes: {
        stride: [1n, 1n],
        padding: [0n, 7n],
        dilation: [1n, 1n],
        groups: 1n,
        deform_groups: 1n,
      },
    },
    { op: 'Sigmoid', inputs: ['much'], outputs: ['map'] },
    { op: 'Squeeze', inputs: ['map'], outputs: ['output'], attributes: { axes: [1n] } },
  ]
  return onnxModel({
    opset: 11,
    domains: { mmdeploy: 1 },
    inputs: [{ name: 'input', shape: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: 'output', shape: ['n', 'h', 'w'] }],
    nodes,
    initializers: [
      { name: 'darkest', data: Float32Array.of(-0.5), dims: [1] },
      { name: 'offsets', data: new Float32Array(2 * points), dims: [2 * points, 1, 1, 1] },
      { name: 'still', data: new Float32Array(2 * points), dims: [2 * points] },
      { name: 'gates', data: new Float32Array(points), dims: [points, 1, 1, 1] },
      { name: 'open', data: new Float32Array(points).fill(50), dims: [points] },
      { name: 'kernel', data: new Float32Array(points).fill(40 / points), dims: [1, 1, height, width] },
      { name: 'least', data: Float32Array.of(-5), dims: [1] },
    ],
  })
}
