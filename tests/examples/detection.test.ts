import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { boxIou } from '../../src/geometry/box.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { type StartedServer, startCli } from '../_helpers/start-cli.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { sample, save } from './open-detection.ts'

const main = resolve(import.meta.dir, '../../src/cli/main.ts')
const labelConfig = readFileSync(join(sample, '../labeling.xml'), 'utf8')
const project = '12.1718021542'
const token = '0123456789abcdef0123456789abcdef01234567'

/** Serves the uploads as Label Studio does: to who has the token. */
const labelStudio = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const name = new URL(request.url).pathname.split('-').at(-1) ?? ''
    if (request.headers.get('authorization') !== `Token ${token}`) return new Response('no', { status: 403 })
    const file = sharedPath('images', name === 'dog.jpg' ? 'yolox/dog.jpg' : 'mmdet-demo/demo.jpg')
    return new Response(Bun.file(name === 'shapes.png' ? join(sample, name) : (file ?? '')))
  },
})
afterAll(() => labelStudio.stop(true))

describe('the seed’s command', () => {
  const uploads = tempDir()
  let server: StartedServer
  beforeAll(async () => {
    // Where the server of the Python backend looked: `<image_dir>/<project>/<name>`.
    await Bun.write(join(uploads.path, '12/3f9a1c2b-shapes.png'), Bun.file(join(sample, 'shapes.png')))
    const given = [
      `checkpoint_file=${join(sample, 'shapes')}`,
      'config_file=configs/shapes/shapes_1x.py',
      `labels_file=${join(sample, 'shapes/classes.txt')}`,
      `image_dir=${uploads.path}`,
      'device=cpu',
    ]
    const made = Bun.spawn([process.execPath, main, 'init', 'coco-detector', '--from', 'detection'], {
      cwd: uploads.path,
      stdout: 'ignore',
    })
    expect(await made.exited).toBe(0)
    server = await startCli(
      ['start', 'coco-detector', '--with', ...given, '-p', '0', '--log-level', 'warn'],
      {
        cwd: uploads.path,
      },
    )
  }, 60_000)
  afterAll(async () => {
    await server.stop()
    uploads[Symbol.dispose]()
  })

  test('serves the folder that was made from the example, and reads the images below image_dir without asking Label Studio', async () => {
    const config = `<View><Image name="image" value="$image"/>
      <PolygonLabels name="outline" toName="image"><Label value="square"/></PolygonLabels></View>`
    const { results } = await predict(server, [task(1, 'shapes.png')], config)
    expect(results).toMatchObject([
      { model_version: '1.0.0', result: [{ value: { polygonlabels: ['square'], closed: true } }] },
    ])
  }, 60_000)

  test('answers a labeling config whose labels are not those of the model with both', async () => {
    const body = { tasks: [task(1, 'shapes.png')], project, label_config: labelConfig, params: {} }
    const response = await request(server, 'predict', body)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({
      error: {
        code: 'INVALID_LABEL_CONFIG',
        message: expect.stringMatching(/`Person`, `Vehicle`.*`circle`, `triangle`, `square`/),
      },
    })
  }, 60_000)
})

/** Of the classes in the reference, those that labeling.xml calls so. */
const VEHICLES = new Set(['bicycle', 'car', 'truck'])

describe.each([
  ['yolox_nano_0.1.1rc0_official.onnx', 'yolox_nano'],
  ['deimv2_hgnetv2_atto_coco.onnx', 'deimv2_atto'],
] as const)('%s', (file, reference) => {
  const model = sharedPath('models/object-detection', file)
  const golden = sharedPath('golden/detections.json')
  const isAbsent = model === undefined || golden === undefined
  const name = isAbsent ? ' (skipped: no reference models)' : ''

  test.skipIf(isAbsent)(
    `finds through HTTP what the reference finds, under the labels of labeling.xml${name}`,
    async () => {
      const server = await startCli([
        'start',
        'detection',
        '--with',
        `checkpoint_file=${model}`,
        '-p',
        '0',
        '--log-level',
        'warn',
      ])
      try {
        await request(server, 'setup', {
          project,
          schema: labelConfig,
          hostname: labelStudio.url.origin,
          access_token: token,
          extra_params: null,
        })
        const names = ['demo.jpg', 'dog.jpg']
        const { results, errors } = await predict(
          server,
          names.map((name, index) => task(index, name)),
        )
        expect(errors).toBeUndefined()
        for (const [index, path] of ['mmdet-demo/demo.jpg', 'yolox/dog.jpg'].entries()) {
          const { size, boxes } = readGolden(golden ?? '', path, reference)
          const vehicles = boxes.filter(({ label, score }) => VEHICLES.has(label) && score >= 0.4)
          expect(vehicles).not.toBeEmpty()
          const found = (results[index]?.result ?? []).filter(
            ({ value }) => value.rectanglelabels?.[0] === 'Vehicle',
          )
          for (const { box_xyxy: box, score } of vehicles) {
            const same = found.filter(
              (region) =>
                Math.abs(region.score - score) <= 0.02 &&
                boxIou(toBox(region.value, size), corners(box)) > 0.9,
            )
            expect({ box, found: same.length }).toEqual({ box, found: 1 })
          }
          expect(found[0]).toMatchObject({ original_width: size[0], original_height: size[1] })
        }
      } finally {
        await server.stop()
      }
    },
    120_000,
  )
})

const rtmdet = sharedPath('models/object-detection/rtmdet_nano.onnx')
const street = sharedPath('datasets/coco-val2017-mini/images/000000357888.jpg')
const isAbsent = rtmdet === undefined || street === undefined
test.skipIf(isAbsent)(
  `a person detector of MMDetection with a list of one class finds the person${isAbsent ? ' (skipped: no reference models)' : ''}`,
  async () => {
    using folder = tempDir()
    const given = [`checkpoint_file=${rtmdet}`, `labels_file=${save(folder.path, 'classes.txt', 'person\n')}`]
    const server = await startCli([
      'start',
      'detection',
      '--with',
      ...given,
      '-p',
      '0',
      '--log-level',
      'warn',
    ])
    try {
      const image = `data:image/jpeg;base64,${readFileSync(street ?? '', 'base64')}`
      const { results } = await predict(server, [{ id: 1, data: { image } }])
      // COCO's own truth.
      const truth = corners([301.74, 159.03, 561.61, 468.29])
      const found = (results[0]?.result ?? []).filter(
        ({ value }) => boxIou(toBox(value, [640, 480]), truth) > 0.9,
      )
      expect(found.map(({ value }) => value.rectanglelabels)).toEqual([['Person']])
    } finally {
      await server.stop()
    }
  },
  60_000,
)

interface Answer {
  readonly results: readonly {
    readonly model_version: string
    readonly result: readonly {
      readonly score: number
      readonly value: Readonly<Record<'x' | 'y' | 'width' | 'height', number>> & {
        readonly rectanglelabels?: readonly string[]
      }
    }[]
  }[]
  readonly errors?: readonly unknown[]
}

type Sides = readonly [number, number, number, number]

interface GoldenImage {
  readonly size: readonly [number, number]
  readonly models: Readonly<
    Record<string, readonly { readonly label: string; readonly score: number; readonly box_xyxy: Sides }[]>
  >
}

function readGolden(file: string, image: string, model: string) {
  const { size, models } = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, GoldenImage>)[
    image
  ] as GoldenImage
  const key = Object.keys(models).find((name) => name.startsWith(model)) ?? ''
  return { size, boxes: models[key] ?? [] }
}

function corners([left, top, right, bottom]: Sides) {
  return { left, top, right, bottom }
}

function toBox(
  { x, y, width, height }: Answer['results'][number]['result'][number]['value'],
  [pageWidth, pageHeight]: readonly [number, number],
) {
  const [left, top] = [(x / 100) * pageWidth, (y / 100) * pageHeight]
  return { left, top, right: left + (width / 100) * pageWidth, bottom: top + (height / 100) * pageHeight }
}

function task(id: number, name: string) {
  return { id, data: { image: `/data/upload/12/3f9a1c2b-${name}` }, annotations: [], predictions: [] }
}

async function predict(
  server: StartedServer,
  tasks: readonly unknown[],
  config = labelConfig,
): Promise<Answer> {
  const params = { login: null, password: null, context: null }
  const response = await request(server, 'predict', { tasks, project, label_config: config, params })
  expect({ status: response.status, reason: response.statusText }).toEqual({ status: 200, reason: 'OK' })
  return (await response.json()) as Answer
}

function request(server: StartedServer, route: string, body: unknown): Promise<Response> {
  return fetch(new URL(route, server.url), { method: 'POST', body: JSON.stringify(body) })
}
