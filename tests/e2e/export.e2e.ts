import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createCanvas } from '../../src/image/draw.ts'
import { encodePng } from '../../src/image/encode.ts'
import type { Region } from '../../src/protocol/result.ts'
import { brushValue } from '../../src/regions/brush-value.ts'
import { lsml } from '../cli/_run.ts'
import { findVenv } from '../_helpers/python-venv.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import { findLabelStudio } from './label-studio/find.ts'
import { createEmptyProject, type EmptyProject } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'

const found = await findLabelStudio()
const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''
const PYCOCOTOOLS = 'pycocotools==2.0.11'
const venv = 'absent' in found ? found : await findVenv(PYCOCOTOOLS, [PYCOCOTOOLS])
const withoutPython = 'absent' in venv ? ` (skipped: ${venv.absent})` : ''

const words = resolve(import.meta.dir, '../cli/backends/words')
const [WIDTH, HEIGHT] = [120, 80]
const page = { width: WIDTH, height: HEIGHT }
const labelConfig = `<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="Text"/><Label value="Person"/></RectangleLabels>
  <PolygonLabels name="outline" toName="image"><Label value="Leaf"/></PolygonLabels>
  <EllipseLabels name="ellipse" toName="image"><Label value="Leaf"/></EllipseLabels>
  <BrushLabels name="brush" toName="image"><Label value="Ink"/></BrushLabels>
  <KeyPointLabels name="point" toName="image"><Label value="Nose"/><Label value="Ear"/></KeyPointLabels>
  <TextArea name="text" toName="image" perRegion="true"/>
</View>`

function item(id: string, from_name: string, type: string, value: object, more: object = {}): Region {
  return {
    id,
    from_name,
    to_name: 'image',
    type,
    original_width: WIDTH,
    original_height: HEIGHT,
    image_rotation: 0,
    value: { ...value },
    ...more,
  }
}

/** A ring, 12 pixels wide. */
const ring = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
  const distance = Math.hypot((at % WIDTH) - 80, Math.floor(at / WIDTH) - 40)
  return Number(distance >= 18 && distance < 30)
})
const upright = { x: 10, y: 25, width: 50, height: 12.5, rotation: 0 }
const result = [
  item('line', 'box', 'rectanglelabels', { ...upright, rectanglelabels: ['Text'] }),
  item('line', 'text', 'textarea', { ...upright, text: ['Tea, 2.50'] }),
  item('turned', 'box', 'rectanglelabels', {
    x: 50,
    y: 50,
    width: 25,
    height: 12.5,
    rotation: 90,
    rectanglelabels: ['Text'],
  }),
  item('leaf', 'outline', 'polygonlabels', {
    points: [
      [50, 10],
      [90, 10],
      [90, 60],
    ],
    closed: true,
    polygonlabels: ['Leaf'],
  }),
  item('round', 'ellipse', 'ellipselabels', {
    x: 30,
    y: 60,
    radiusX: 20,
    radiusY: 25,
    rotation: 0,
    ellipselabels: ['Leaf'],
  }),
  item('ring', 'brush', 'brushlabels', {
    ...brushValue({ left: 0, top: 0, ...page, data: ring }, page),
    brushlabels: ['Ink'],
  }),
  item('person', 'box', 'rectanglelabels', { ...upright, y: 60, rectanglelabels: ['Person'] }),
  item(
    'nose',
    'point',
    'keypointlabels',
    { x: 25, y: 62.5, width: 0.5, keypointlabels: ['Nose'] },
    { parentID: 'person' },
  ),
]

const answer = (choice: string): readonly Region[] => [
  { id: 'c', from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: [choice] } },
]

interface Checked {
  readonly categories: readonly string[]
  readonly images: number
  readonly annotations: number
  readonly shapes: readonly {
    readonly region: string
    readonly pixels: number
    readonly box: readonly number[]
  }[]
  readonly bbox: number
}

describe.skipIf('absent' in found)(`lsml export and evaluate with a real Label Studio${skipped}`, () => {
  const cleanUp = new AsyncDisposableStack()
  let studio: LabelStudio
  let env: Readonly<Record<string, string>>
  let project: EmptyProject
  let tasks: readonly number[]
  let png: Uint8Array

  beforeAll(async () => {
    studio = cleanUp.use(await startLabelStudio('executable' in found ? found.executable : ''))
    env = {
      LABEL_STUDIO_URL: studio.url,
      LABEL_STUDIO_API_KEY: studio.api.personalAccessToken,
      XDG_CACHE_HOME: cleanUp.use(tempDir()).path,
      LSML_DATA_DIR: cleanUp.use(tempDir()).path,
    }
    project = await createEmptyProject(studio.api, labelConfig)
    png = await encodePng(createCanvas(WIDTH, HEIGHT, [250, 250, 250]))
    for (const name of ['one.png', 'two.png', 'three.png'])
      tasks = await project.add(new File([new Uint8Array(png)], name))
    const [first = 0, second = 0] = tasks
    await project.submit(first, result)
    await project.submit(second, [])
  }, 300_000)
  afterAll(() => cleanUp.disposeAsync(), 60_000)

  const exportTo = (folder: string, ...flags: readonly string[]) =>
    lsml(['export', '--project', String(project.id), '--out', folder, ...flags], { env })

  test('answered tasks become COCO, with the uploaded pictures byte by byte', async () => {
    using dir = tempDir()
    const folder = join(dir.path, 'out')
    const { code, stdout, stderr } = await exportTo(folder, '--format', 'coco')
    expect(stdout).toBe('all: 2 tasks, 2 pictures, 7 regions\n')
    expect(stderr).toBe(`Written to ${folder}.\n`)
    expect(code).toBe(0)
    const [first, second] = tasks
    expect(readdirSync(join(folder, 'images', 'all')).toSorted()).toEqual(
      [`${first}.png`, `${second}.png`].toSorted(),
    )
    expect(new Uint8Array(readFileSync(join(folder, 'images', 'all', `${first}.png`)))).toEqual(
      new Uint8Array(png),
    )
  }, 60_000)

  test.skipIf('absent' in venv)(
    `pycocotools reads what was drawn${withoutPython}`,
    async () => {
      using dir = tempDir()
      await exportTo(dir.path, '--format', 'coco')
      const python = join('folder' in venv ? venv.folder : '', 'bin', 'python')
      const script = resolve(import.meta.dir, 'datasets/check_coco.py')
      const checked = JSON.parse(
        await new Response(Bun.spawn([python, script, join(dir.path, 'all.json')]).stdout).text(),
      ) as Checked
      expect(checked).toMatchObject({
        categories: ['Text', 'Person', 'Leaf', 'Ink'],
        images: 2,
        annotations: 6,
        // As good as it gets: every category is found.
        bbox: 1,
      })
      const shapes = new Map(checked.shapes.map((shape) => [shape.region, shape]))
      expect([...shapes.keys()]).toEqual(['turned', 'leaf', 'round', 'ring'])
      expect(shapes.get('ring')).toMatchObject({
        pixels: ring.filter((value) => value === 1).length,
        box: [51, 11, 59, 59],
      })
      // 30 × 10 pixels turned by 90° about (60, 40).
      expect(shapes.get('turned')).toMatchObject({ pixels: 300, box: [50, 40, 10, 30] })
      // Half of 48 × 40, and an ellipse with the radii 24 and 20: pycocotools rounds outlines to pixels.
      expect(Math.abs((shapes.get('leaf')?.pixels ?? 0) - 960)).toBeLessThan(50)
      expect(Math.abs((shapes.get('round')?.pixels ?? 0) - Math.PI * 24 * 20)).toBeLessThan(50)
    },
    60_000,
  )

  test('answered tasks become ICDAR’s text files, and lines of JSON with a part kept for validation', async () => {
    using dir = tempDir()
    const [first, second] = tasks
    await exportTo(join(dir.path, 'icdar'), '--format', 'icdar')
    const lines = readFileSync(join(dir.path, 'icdar', 'all', `gt_${first}.txt`), 'utf8').split('\n')
    expect(lines[0]).toBe('12,20,72,20,72,30,12,30,Tea, 2.50')
    expect(lines[1]).toBe('60,40,60,70,50,70,50,40,###')
    expect(readFileSync(join(dir.path, 'icdar', 'all', `gt_${second}.txt`), 'utf8')).toBe('')

    const json = await exportTo(join(dir.path, 'jsonl'), '--format', 'jsonl', '--val', '0.5', '--json')
    const { parts } = JSON.parse(json.stdout) as { parts: { annotations: string; tasks: number }[] }
    const read = parts.flatMap(({ annotations }) => readFileSync(annotations, 'utf8').trimEnd().split('\n'))
    const answered = read.filter((line) => line !== '').map((line) => JSON.parse(line) as { task: number })
    expect(parts.reduce((sum, part) => sum + part.tasks, 0)).toBe(2)
    expect(answered.map(({ task }) => task).toSorted((a, b) => a - b)).toEqual([first, second] as number[])
  }, 60_000)

  test('a folder with files in it, and a project without pictures, are refused', async () => {
    using dir = tempDir()
    await Bun.write(join(dir.path, 'notes.txt'), 'mine')
    const full = await exportTo(dir.path, '--format', 'coco')
    expect(full).toMatchObject({ code: 2, stderr: expect.stringContaining('is not empty') })
    const { id } = await createEmptyProject(studio.api, await Bun.file(`${words}/labeling.xml`).text())
    const out = join(dir.path, 'out')
    const texts = await lsml(['export', '--project', String(id), '--format', 'coco', '--out', out], { env })
    expect(texts).toMatchObject({ code: 1, stderr: expect.stringContaining('Take `jsonl`') })
  }, 60_000)

  test('evaluate compares with what people answered in the project', async () => {
    const texts = await createEmptyProject(studio.api, await Bun.file(`${words}/labeling.xml`).text())
    const ids = await texts.add([{ text: 'x1' }, { text: 'x2' }, { text: 'y3' }, { text: 'y4' }])
    for (const [index, choice] of ['Yes', 'No', 'No'].entries())
      await texts.submit(ids[index] as number, answer(choice))
    const { code, stdout } = await lsml(['evaluate', words, '--project', String(texts.id), '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({
      tasks: 3,
      choices: [{ control: 'kind', exact: 2 / 3 }],
      worst: [{ task: ids[1], says: 'kind: Yes for No' }],
    })
    expect(code).toBe(0)
  }, 60_000)
})
