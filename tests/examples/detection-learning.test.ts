import { afterAll, describe, expect, test } from 'bun:test'
import { placeName, readState, type TrainOutput } from '../../examples/detection/learn/state.ts'
import type { Box } from '../../src/geometry/box.ts'
import { createCanvas } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import type { Region } from '../../src/protocol/result.ts'
import type { Task } from '../../src/protocol/task.ts'
import type { TestedBackend } from '../../src/testing.ts'
import { onnxModel } from '../_helpers/onnx-writer.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { createRandom } from '../learning/street.ts'
import { startServer } from '../media/servers.ts'
import { mmdeployModel } from '../vision/detection/synthetic-models.ts'
import { openDetection, predictOne, save } from './open-detection.ts'

const folder = tempDir()
afterAll(() => folder[Symbol.dispose]())

/** MMDetection's mean and deviation of red; the detector's score is how far above the mean a thing is. */
const [MEAN, DEVIATION] = [123.675, 58.395]
const SIDE = 64
/** Finds the one red thing on a picture, and takes it for a car. */
const detector = save(
  folder.path,
  'end2end.onnx',
  mmdeployModel({ threshold: 0, slope: DEVIATION / (255 - MEAN) }, { plane: 2, shape: [1, 3, SIDE, SIDE] }),
)
const cars = '<RectangleLabels name="box" toName="image"><Label value="car"/></RectangleLabels>'
const cabs =
  '<RectangleLabels name="box" toName="image"><Label value="taxi"/><Label value="police"/></RectangleLabels>'
const params = { checkpointFile: detector }

/** A picture with one thing, and what a person calls it: nothing for what is no object. */
interface Scene {
  readonly task: Task
  readonly box: Box
  readonly label: string | undefined
}

test('F1 rises on pictures that nothing was learnt from', async () => {
  await using detection = await openDetection(cars, params)
  const unseen = await scenes({ seed: 2, count: 30 })
  const before = await f1On(detection, unseen)
  const output = (await detection.fit(created(await scenes({ seed: 1, count: 40 })))) as TrainOutput
  expect(output.places['box/image']?.learnt.thresholds.car).toBeGreaterThan(0.4)
  const after = await f1On(detection, unseen)
  expect(before).toBeLessThan(0.85)
  expect(after).toBe(1)
})

test('nothing corrected changes no prediction', async () => {
  await using detection = await openDetection(cars, params)
  const accepted = await scenes({ seed: 3, count: 12, nothing: [0.1, 0.25] })
  const before = await Promise.all(accepted.map(({ task }) => predictOne(detection, task)))
  const output = (await detection.fit(created(accepted))) as TrainOutput
  expect(output.places['box/image']?.learnt).toEqual({ thresholds: {}, relabelings: {} })
  const after = await Promise.all(accepted.map(({ task }) => predictOne(detection, task)))
  expect(after.map(valuesOf)).toEqual(before.map(valuesOf))
})

test('what a person drew below the threshold lowers it', async () => {
  await using detection = await openDetection(cars, { ...params, scoreThreshold: 0.8 })
  const shape = { things: [0.5, 0.9], nothing: [0.1, 0.2] } as const
  const unseen = await scenes({ ...shape, seed: 5, count: 30 })
  const before = await f1On(detection, unseen)
  await detection.fit(created(await scenes({ ...shape, seed: 4, count: 40 })))
  expect(await f1On(detection, unseen)).toBeGreaterThan(before + 0.2)
})

describe('one event after another', () => {
  test('annotations add up, later ones replace earlier ones, and deleted ones are forgotten', async () => {
    await using detection = await openDetection(cars, params)
    const [first, second, third] = (await scenes({ seed: 6, count: 3 })) as [Scene, Scene, Scene]
    const idsAfter = async (body: Readonly<Record<string, unknown>>) => {
      const output = (await detection.fit(body)) as TrainOutput | undefined
      return output?.places['box/image']?.memory.reviews.map(({ id }) => id)
    }
    expect(await idsAfter(created([first]))).toEqual(['1'])
    expect(await idsAfter(created([second, third]))).toEqual(['1', '2', '3'])
    expect(await idsAfter({ ...created([third]), action: 'ANNOTATION_UPDATED' })).toBeUndefined()
    const emptied = { ...annotationOf(first), result: [] }
    const update = { action: 'ANNOTATION_UPDATED', annotation: emptied, task: first.task }
    expect(await idsAfter(update)).toEqual(['2', '3', '1'])
    expect(await idsAfter({ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 2 }] })).toEqual(['3', '1'])
    const skipped = { ...annotationOf(third), was_cancelled: true, result: null }
    expect(await idsAfter({ action: 'ANNOTATION_UPDATED', annotation: skipped, task: third.task })).toEqual([
      '1',
    ])
  })

  test('whoever starts a training has it learn from what Label Studio has, once', async () => {
    const answered = (await scenes({ seed: 8, count: 3 })).map((scene) => {
      const { id, data } = scene.task
      return { id, data, annotations: [annotationOf(scene)] }
    })
    using studio = startServer((_request, { pathname }) =>
      pathname === '/api/tasks'
        ? Response.json({ total: answered.length, tasks: answered })
        : new Response('', { status: 404 }),
    )
    const settings = { media: { labelStudioUrl: studio.origin, apiKey: 'abc123' } }
    await using detection = await openDetection(cars, params, { settings })
    const output = (await detection.fit({ action: 'START_TRAINING' })) as TrainOutput
    expect(output.places['box/image']?.memory.reviews).toHaveLength(3)
    expect(await detection.fit({ action: 'START_TRAINING' })).toBeUndefined()
  })

  test('without anything new nothing is learnt', async () => {
    await using detection = await openDetection(cars, params)
    expect(await detection.fit({ action: 'START_TRAINING', project: { id: 1 } })).toBeUndefined()
    expect(await detection.fit({ action: 'ANNOTATIONS_DELETED', annotations: [{ id: 9 }] })).toBeUndefined()
  })

  test('an image that cannot be read costs only its own annotation', async () => {
    await using detection = await openDetection(cars, params)
    const [good, bad] = (await scenes({ seed: 7, count: 2 })) as [Scene, Scene]
    const broken = { ...bad, task: { ...bad.task, data: { image: 'data:image/png;base64,AAAA' } } }
    const output = (await detection.fit(created([broken, good]))) as TrainOutput
    expect(output.places['box/image']?.memory.reviews.map(({ id }) => id)).toEqual(['1'])
  })

  test('learn=false learns nothing', async () => {
    await using detection = await openDetection(cars, { ...params, learn: false })
    expect(await detection.fit(created(await scenes({ seed: 8, count: 4 })))).toBeUndefined()
  })
})

describe('labels', () => {
  /** The mean of each colour. */
  const backbone = save(
    folder.path,
    'backbone.onnx',
    onnxModel({
      inputs: [{ name: 'images', shape: ['n', 3, 8, 8] }],
      outputs: [{ name: 'means', shape: ['n', 3] }],
      nodes: [
        {
          op: 'ReduceMean',
          inputs: ['images'],
          outputs: ['means'],
          attributes: { axes: [2n, 3n], keepdims: 0n },
        },
      ],
    }),
  )

  test.each([
    ['colours and edges', {}],
    ['a backbone', { embeddingModel: backbone }],
  ])('that the model lacks are told apart by %s', async (_, more) => {
    await using detection = await openDetection(cabs, { ...params, ...more, relabel: true })
    const shape = { names: ['taxi', 'police'], nothing: [0.1, 0.2] } as const
    const unseen = await scenes({ ...shape, seed: 10, count: 20 })
    expect(await f1On(detection, unseen)).toBe(0)
    const output = (await detection.fit(
      created(await scenes({ ...shape, seed: 9, count: 40 })),
    )) as TrainOutput
    expect(output.places['box/image']?.learnt.relabelings.car).toMatchObject({
      classifier: { labels: ['police', 'taxi'] },
    })
    expect(await f1On(detection, unseen)).toBeGreaterThan(0.9)
  })

  test('without relabel a config without a class of the model is refused', async () => {
    await expect(openDetection(cabs, params)).rejects.toMatchObject({ code: 'INVALID_LABEL_CONFIG' })
  })
})

describe('what was learnt', () => {
  const found = {
    control: { name: 'box', labels: ['taxi', 'police'], dynamicLabels: false },
    object: { name: 'image' },
  } as unknown as Parameters<typeof placeName>[0]
  const key = { found, basis: 'yolox', threshold: 0.3 }
  const learnt = {
    thresholds: { taxi: 0.5 },
    relabelings: { car: { label: 'taxi' }, truck: { label: 'lorry' } },
  }
  const memory = { format: 1, reviews: [{ id: '7', images: [] }] }
  const output = { places: { 'box/image': { basis: 'yolox', threshold: 0.3, learnt, memory } } }

  test('is used for the model that it was learnt from, and for labels that the project still has', () => {
    const state = readState(output, key)
    expect(state.learnt).toEqual({ thresholds: { taxi: 0.5 }, relabelings: { car: { label: 'taxi' } } })
    expect(state.memory.reviews).toHaveLength(1)
    const other = readState(output, { ...key, basis: 'nanodet' })
    expect(other.learnt).toEqual({ thresholds: {}, relabelings: {} })
    expect(other.memory.reviews).toEqual([])
  })

  test('gives way to a threshold that was set since, and keeps what it was learnt from', () => {
    const state = readState(output, { ...key, threshold: 0.6 })
    expect(state.learnt.thresholds).toEqual({})
    expect(state.memory.reviews).toHaveLength(1)
  })

  test('of another backend is nothing', () => {
    for (const other of [undefined, null, 7, { places: 1 }, { places: { 'box/image': {} } }])
      expect(readState(other, key).memory.reviews).toEqual([])
  })
})

interface SceneOptions {
  readonly seed: number
  readonly count: number
  /** Scores of what people keep. @default [0.6, 0.95] */
  readonly things?: readonly [number, number]
  /** Scores of what is no object. @default [0.32, 0.45] */
  readonly nothing?: readonly [number, number]
  /** Of yellow and of violet things. @default ['car', 'car'] */
  readonly names?: readonly [string, string]
}

/** Pictures of one thing each, of which every third is no object. */
function scenes(options: SceneOptions): Promise<readonly Scene[]> {
  const { seed, count, things = [0.6, 0.95], nothing = [0.32, 0.45], names = ['car', 'car'] } = options
  const random = createRandom(seed)
  const scene = async (index: number): Promise<Scene> => {
    const isThing = index % 3 !== 2
    const [least, most] = isThing ? things : nothing
    const red = Math.round(MEAN + (least + random() * (most - least)) * (255 - MEAN))
    const isYellow = random() < 0.5
    const [left, top] = [4 + Math.floor(random() * 20), 4 + Math.floor(random() * 20)]
    const box = { left, top, right: left + 24, bottom: top + 20 }
    const canvas = createCanvas(SIDE, SIDE, [0, 0, 0])
    const color = isYellow ? [red, red, 0] : [red, 0, red]
    for (let y = box.top; y < box.bottom; y++)
      for (let x = box.left; x < box.right; x++) canvas.data.set(color, (y * SIDE + x) * 3)
    const image = `data:image/png;base64,${Buffer.from(await encodePng(canvas)).toString('base64')}`
    return {
      task: { id: index + 1, data: { image } },
      box,
      label: isThing ? names[isYellow ? 0 : 1] : undefined,
    }
  }
  return Promise.all(Array.from({ length: count }, (_, index) => scene(index)))
}

function annotationOf({ task, box, label }: Scene) {
  const value = {
    x: percent(box.left),
    y: percent(box.top),
    width: percent(box.right - box.left),
    height: percent(box.bottom - box.top),
    rotation: 0,
    rectanglelabels: [label],
  }
  const region = { id: 'r', from_name: 'box', to_name: 'image', type: 'rectanglelabels', value }
  return { id: task.id, task: task.id, was_cancelled: false, result: label === undefined ? [] : [region] }
}

function percent(pixels: number): number {
  return (pixels / SIDE) * 100
}

/** The webhook of annotations. */
function created(all: readonly Scene[]): Readonly<Record<string, unknown>> {
  return {
    action: 'ANNOTATIONS_CREATED',
    annotation: all.map(annotationOf),
    task: all.map(({ task }) => task),
  }
}

/** Each picture has one thing, in one place: a prediction is right when it says its label. */
async function f1On(detection: TestedBackend, all: readonly Scene[]): Promise<number> {
  let [right, wrong, missed] = [0, 0, 0]
  for (const { task, label } of all) {
    const labels = (await predictOne(detection, task)).flatMap(({ value }) => value.rectanglelabels)
    const isRight = label !== undefined && labels.includes(label)
    right += Number(isRight)
    wrong += labels.length - Number(isRight)
    missed += Number(label !== undefined && !isRight)
  }
  return (2 * right) / (2 * right + wrong + missed)
}

function valuesOf(regions: readonly Region[]): readonly unknown[] {
  return regions.map(({ value, score }) => ({ value, score }))
}
