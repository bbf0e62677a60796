import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Quad } from '../../src/geometry/point.ts'
import { rotate90 } from '../../src/image/rotate.ts'
import type { Models } from '../../src/registry/models.ts'
import { turnQuad } from '../../src/vision/line-crop.ts'
import {
  openTextRecognizer,
  type RecognizedText,
  type TextRecognizerOptions,
} from '../../src/vision/text-recognizer.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { type ShadeModel, shadeModel, shadePage } from './ctc/shade-model.ts'
import { CRNN_STEPS, pipelineJson, writePipeline } from './mmdeploy/pipeline-folder.ts'
import { openModels } from './open-models.ts'

/** Opens the model in a folder of its own, reads the page's lines, and tells the size of each tensor that was run. */
async function read(
  model: ShadeModel | Uint8Array,
  lines: readonly string[],
  options: TextRecognizerOptions & { files?: Record<string, string>; quads?: readonly Quad[] } = {},
) {
  using dir = tempDir()
  const folder = join(dir.path, 'model')
  mkdirSync(folder)
  const { files = { 'shades_dict.txt': 'b\nw' }, quads = lines.map(lineQuad), ...rest } = options
  writeFileSync(join(folder, 'end2end.onnx'), model instanceof Uint8Array ? model : shadeModel(model))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  await using opened = openModels()
  const { models, dims } = recordRuns(opened.models)
  const recognizer = await openTextRecognizer(models, folder, rest)
  const texts = await recognizer.recognize(shadePage(lines), quads)
  return { texts: texts.map(({ text }) => text), scores: texts.map(({ score }) => score), quads: texts, dims }
}

function lineQuad(line: string, row: number): Quad {
  const [right, top, bottom] = [line.length * 32, row * 32, (row + 1) * 32]
  return [
    [0, top],
    [right, top],
    [right, bottom],
    [0, bottom],
  ]
}

function recordRuns(models: Models): { models: Models; dims: (readonly number[])[] } {
  const dims: (readonly number[])[] = []
  return {
    dims,
    models: {
      async open(name, options) {
        const model = await models.open(name, options)
        const session = {
          ...model.session,
          run: (feeds: Parameters<typeof model.session.run>[0]) => {
            dims.push(Object.values(feeds)[0]?.dims ?? [])
            return model.session.run(feeds)
          },
        }
        return { ...model, session }
      },
    },
  }
}

describe("a model of PaddleOCR's layout", () => {
  test('reads the lines in the order of the quads, whatever their widths', async () => {
    const lines = ['b', 'wbwbwbwbwbwbwb', 'bw', 'wb', 'wbw', 'bwbwbwbwbwbwbwbwbwb', 'w']
    const { texts, scores, dims } = await read({}, lines, { batchSize: 2 })
    expect(texts).toEqual(lines)
    expect(Math.min(...scores)).toBeGreaterThan(0.9)
    expect(Math.max(...dims.map(([batch = 0]) => batch))).toBe(2)
  })

  test('pads short lines to 320 columns and no line beyond its batch', async () => {
    const { dims } = await read({}, ['bw', 'wbwbwbwbwbwbwb'])
    expect(dims).toEqual([
      [1, 3, 32, 320],
      [1, 3, 32, 448],
    ])
  })

  test('tells logits from probabilities: scores are of the softmax', async () => {
    const { scores } = await read({}, ['b'])
    expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(-6) + Math.exp(-20)), 2)
  })

  test('whose width and batch are fixed gets no others', async () => {
    const { texts, dims } = await read({ shape: [4, 3, 32, 160] }, ['bw', 'wbwbw', 'bwbwbwbw', 'w', 'b'])
    expect(texts).toEqual(['bw', 'wbwbw', 'bwbwbwbw', 'w', 'b'])
    expect(dims).toEqual([
      [4, 3, 32, 160],
      [4, 3, 32, 160],
    ])
  })

  test.each([
    [4, 32],
    [8, 48],
  ])('of open height with a step of %d columns takes lines %d rows high', async (stride, height) => {
    const { texts, dims } = await read({ shape: ['n', 3, 'h', 'w'], stride }, ['bwb'])
    expect(texts).toEqual(['bwb'])
    expect(dims.at(-1)).toEqual([1, 3, height, 320])
  })

  test('that does not say its number of classes is asked, and the dictionary is checked at once', async () => {
    expect((await read({ isSilent: true }, ['wb'])).texts).toEqual(['wb'])
    await expect(read({ isSilent: true }, [], { files: { 'keys.txt': 'b\nw\nx\ny' } })).rejects.toThrow(
      'has 4 characters, for a model of 5 classes, and the model has 3',
    )
  })
})

test('a quad without an area, or off the page, has a text too: mostly none', async () => {
  const point: Quad = [
    [5, 5],
    [5, 5],
    [5, 5],
    [5, 5],
  ]
  const lost: Quad = [
    [Number.NaN, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]
  const { texts, scores } = await read({}, ['b'], { quads: [point, lineQuad('b', 0), lost] })
  expect(texts).toEqual(['', 'b', ''])
  expect(scores[0]).toBe(0)
  expect((await read({}, ['b'], { quads: [] })).texts).toEqual([])
})

test('an outline across the page is squeezed and takes no gigabytes', async () => {
  const strip: Quad = [
    [0, 0],
    [30_000, 0],
    [30_000, 3],
    [0, 3],
  ]
  const { dims } = await read({}, ['b'], { quads: [strip] })
  expect(dims).toEqual([[1, 3, 32, 4096]])
})

describe('tall quads', () => {
  const flat = shadePage(['bwb'])
  const tall = rotate90(flat, 90)
  const quad: Quad = [
    [0, 0],
    [32, 0],
    [32, 96],
    [0, 96],
  ]

  test('are read from top to bottom, and say from which corner on', async () => {
    using dir = tempDir()
    writeFileSync(join(dir.path, 'end2end.onnx'), shadeModel())
    writeFileSync(join(dir.path, 'dict.txt'), 'b\nw')
    await using opened = openModels()
    const recognizer = await openTextRecognizer(opened.models, dir.path)
    const [read] = await recognizer.recognize(tall, [quad])
    expect(read).toMatchObject({ text: 'bwb', quad: turnQuad(quad, 1) })
  })

  test('that may be one letter are read as they stand too, and the better score counts', async () => {
    // Standing, each column is black; turned, it goes from black to gray, which is less sure.
    const letter: Quad = [
      [0, 0],
      [32, 0],
      [32, 60],
      [0, 60],
    ]
    const { quads } = await read({}, ['b', 'b'], { quads: [letter] })
    expect(quads[0]).toMatchObject({ text: 'b', quad: letter })
  })
})

const crnn: ShadeModel = { shape: ['n', 1, 32, 'w'], classes: ['black', 'white', 'gray'], input: 'input' }

/** What MMDeploy writes beside a CRNN. */
const folder = (params: Record<string, unknown> = {}, component = 'CTCConvertor') => ({
  'dict_file.txt': 'b\nw',
  'pipeline.json': JSON.stringify(
    pipelineJson(CRNN_STEPS, component, {
      dict_file: 'dict_file.txt',
      ignore_chars: ['padding'],
      ...params,
    }),
  ),
})

describe('a folder of MMDeploy', () => {
  test('has the blank last, gray tensors, and only lines of one width in a batch', async () => {
    const lines = ['bwb', '', 'wbwb', '', 'wbw']
    const { texts, dims } = await read(crnn, lines, {
      files: folder(),
      quads: [0, 2, 4].map((row) => lineQuad(lines[row] ?? '', row)),
    })
    expect(texts).toEqual(['bwb', 'wbwb', 'wbw'])
    expect(dims.map(([batch, planes, height]) => [batch, planes, height])).toEqual([
      [2, 1, 32],
      [1, 1, 32],
    ])
    for (const [, , , width = 0] of dims) expect(width % 16).toBe(0)
  })

  test('gets some of the page around each line, as MMOCR gives it', async () => {
    const inner: Quad = [
      [96, 0],
      [128, 0],
      [128, 32],
      [96, 32],
    ]
    const tight = await read(crnn, ['ggbgbgg'], { files: folder(), quads: [inner] })
    expect(tight.texts).toEqual(['bb'])
  })

  test('that decodes with attention, or is a detector, is refused by its component', async () => {
    await expect(read(crnn, [], { files: folder({}, 'AttnConvertor') })).rejects.toThrow(
      'describes a model with the post-processing `AttnConvertor`: as a recognizer lsml reads `CTCConvertor`',
    )
    using dir = tempDir()
    writeFileSync(join(dir.path, 'end2end.onnx'), shadeModel())
    writePipeline(dir.path)
    await using opened = openModels()
    await expect(openTextRecognizer(opened.models, dir.path)).rejects.toThrow(
      'Give this one as the detector.',
    )
  })

  test('whose dictionary has another size is refused with both numbers', async () => {
    await expect(read(crnn, [], { files: folder({ with_unknown: true }) })).rejects.toThrow(
      'has 2 characters, for a model of 4 classes, and the model has 3',
    )
  })
})

describe('a model with a manifest', () => {
  const bytes = shadeModel({ shape: ['n', 1, 32, 'w'] })
  const manifest = (changes: Record<string, unknown> = {}) => ({
    'characters.txt': 'b\nw',
    'manifest.json': JSON.stringify({
      name: 'shades',
      version: '1.0.0',
      description: 'Reads shades.',
      task: 'text-recognition',
      family: 'ctc',
      file: 'end2end.onnx',
      sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      license: 'MIT',
      inputs: [{ name: 'x', type: 'float32', shape: ['n', 1, 32, 'w'] }],
      outputs: [{ name: 'output', type: 'float32', shape: ['n', 't', 3] }],
      preprocess: { color: 'gray', height: 32, mean: [127.5], std: [127.5], pad: 1 },
      postprocess: { blank: 'first', charactersFrom: 'file:characters.txt', softmax: false },
      ...changes,
    }),
  })

  test('is used as it says; what pads a line is not read', async () => {
    const { texts, dims } = await read(bytes, ['bwb', 'bwbwbwbwbwbwbwbwb', 'bwbwbwbwbwbwbwbwbb'], {
      files: manifest(),
    })
    expect(texts).toEqual(['bwb', 'bwbwbwbwbwbwbwbwb', 'bwbwbwbwbwbwbwbwb'])
    expect(dims).toEqual([
      [1, 1, 32, 96],
      [2, 1, 32, 576],
    ])
  })

  test('may leave the recipe to the layout', async () => {
    const colored = shadeModel()
    const sha256 = new Bun.CryptoHasher('sha256').update(colored).digest('hex')
    const { texts, dims } = await read(colored, ['bwb'], {
      files: { ...manifest({ preprocess: {}, postprocess: {}, sha256 }), 'shades_dict.txt': 'b\nw' },
    })
    expect(texts).toEqual(['bwb'])
    // Padded as PaddleOCR's are.
    expect(dims).toEqual([[1, 3, 32, 320]])
  })

  test('of another family is refused', async () => {
    const files = manifest({ task: 'text-detection', family: 'dbnet' })
    await expect(read(bytes, [], { files })).rejects.toThrow(
      'The manifest of `shades` says `text-detection` of the family `dbnet`',
    )
  })

  test('with a wrong block is refused, each field by name', async () => {
    const files = manifest({
      preprocess: { color: 'grey', height: 0 },
      postprocess: { blank: 'first', charactersFrom: 'file:../x' },
    })
    await expect(read(bytes, [], { files })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
      issues: [{ path: 'preprocess.color' }, { path: 'preprocess.height' }],
    })
    const elsewhere = manifest({ postprocess: { blank: 'first', charactersFrom: 'file:../x' } })
    await expect(read(bytes, [], { files: elsewhere })).rejects.toThrow('`postprocess.charactersFrom`')
    const keyless = manifest({ postprocess: { blank: 'first', charactersFrom: 'metadata:letters' } })
    await expect(read(bytes, [], { files: keyless })).rejects.toThrow('has no metadata key `letters`')
  })
})

describe('what is no recognizer is refused', () => {
  test('a checkpoint, with the command that exports it', async () => {
    await using opened = openModels()
    const open = openTextRecognizer(opened.models, 'crnn.pth', { config: 'crnn.py' })
    await expect(open).rejects.toThrow(/tools\/deploy\.py[\s\S]*text-recognition[\s\S]*crnn\.py/)
  })

  test('a graph that answers for another number of lines than it was given', async () => {
    const transposed = onnxModel({
      inputs: [{ name: 'x', shape: ['n', 3, 32, 'w'] }],
      outputs: [{ name: 'y', shape: ['t', 'n', 3] }],
      nodes: [
        { op: 'ReduceMean', inputs: ['x'], outputs: ['m'], attributes: { axes: [2n], keepdims: 0n } },
        { op: 'Transpose', inputs: ['m'], outputs: ['y'], attributes: { perm: [2n, 0n, 1n] } },
      ],
    })
    await expect(read(transposed, ['b'])).rejects.toThrow('[1, steps, classes] of float32 was expected')
  })

  const others = [
    'text-detection/en_PP-OCRv3_det_infer.onnx',
    'text-detection/text_detection_cn_ppocrv3_2023may.onnx',
    'text-orientation/ch_ppocr_mobile_v2.0_cls_mobile.rapidocr.onnx',
    'object-detection/yolox_nano_0.1.1rc0_official.onnx',
    'object-detection/rtmdet_nano.onnx',
    'object-detection/deimv2_hgnetv2_atto_coco.onnx',
  ]
  for (const name of others) {
    const file = sharedPath('models', name)
    test.skipIf(file === undefined)(`${name} (needs shared/)`, async () => {
      await using opened = openModels()
      await expect(openTextRecognizer(opened.models, file ?? '')).rejects.toThrow(
        'is no recognizer of text that lsml knows',
      )
    })
  }

  test('a detector that ships', async () => {
    await using opened = openModels()
    await expect(openTextRecognizer(opened.models, 'text-detector')).rejects.toThrow('of the family `dbnet`')
  })
})

describe('candidates', () => {
  const lines = ['bw', 'ww']

  test('come on request, and say what the steps may be', async () => {
    const { quads } = await read({}, lines, { candidates: true })
    const [first] = quads as unknown as readonly RecognizedText[]
    const [step = []] = first?.candidates ?? []
    expect(step.map(({ text }) => text)).toEqual(['b', ''])
    expect(step[0]?.probability).toBeCloseTo(1 / (1 + Math.exp(-6) + Math.exp(-20)), 2)
    const plain = await read({}, lines)
    expect(plain.quads[0]).not.toHaveProperty('candidates')
  })

  test('are what a line is read from once more, with the score of the recognizer', async () => {
    const before = await read({}, lines)
    const after = await read({}, lines, { rescore: (candidates) => `${candidates.length > 1}` })
    expect(before.texts).toEqual(['bw', 'w'])
    expect(after.texts).toEqual(['true', 'true'])
    expect(after.scores).toEqual(before.scores)
    expect(after.quads[0]).not.toHaveProperty('candidates')
  })

  test('of a line without text are not read again', async () => {
    const { texts } = await read({}, ['gg'], { rescore: () => 'a text' })
    expect(texts).toEqual([''])
  })
})
