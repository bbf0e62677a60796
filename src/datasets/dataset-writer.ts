import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { ControlTag, LabelingConfig } from '../labeling/config.ts'
import { toCategories, toCoco } from './coco.ts'
import { type CocoPage, toCocoPage } from './coco-page.ts'
import { toIcdar } from './icdar.ts'
import { type ObjectPage, toJsonLine } from './json-line.ts'
import type { LabeledTask } from './labeled-task.ts'
import type { LoadedPage } from './object-pages.ts'
import type { WrittenPart } from './write-dataset.ts'

export type DatasetFormat = 'coco' | 'icdar' | 'jsonl'

type PartName = WrittenPart['name']

/** A dataset while it is written. */
export interface DatasetWriter {
  add(part: PartName, labeled: LabeledTask, pages: readonly LoadedPage[]): Promise<void>
  end(): Promise<readonly WrittenPart[]>
}

export interface DatasetWriterOptions {
  /** Absolute and empty. */
  readonly folder: string
  readonly parts: readonly PartName[]
  readonly format: DatasetFormat
  readonly labeling: LabelingConfig
}

export async function createDatasetWriter(options: DatasetWriterOptions): Promise<DatasetWriter> {
  const { folder, parts, format } = options
  const writer = await WRITERS[format](options)
  const counts = new Map(parts.map((name) => [name, { tasks: 0, pages: 0, regions: 0 }]))
  const imagesOf = (part: PartName) => join(folder, 'images', part)
  for (const part of parts) await mkdir(imagesOf(part), { recursive: true })
  return {
    async add(part, labeled, loaded) {
      for (const { page, picture } of loaded) await writeFile(join(imagesOf(part), page.file), picture.bytes)
      const pages = loaded.map(({ page }) => page)
      await writer.add(part, labeled, pages)
      const { tasks, pages: before, regions } = counts.get(part) ?? { tasks: 0, pages: 0, regions: 0 }
      counts.set(part, {
        tasks: tasks + 1,
        pages: before + pages.length,
        regions: regions + pages.reduce((sum, page) => sum + page.regions.length, 0),
      })
    },
    async end() {
      await writer.end?.()
      return [...counts].map(([name, { tasks, pages, regions }]) => ({
        name,
        images: imagesOf(name),
        annotations: writer.pathOf(name),
        tasks,
        pages,
        regions,
      }))
    },
  }
}

interface Writer {
  pathOf(part: PartName): string
  add(part: PartName, labeled: LabeledTask, pages: readonly ObjectPage[]): Promise<void>
  end?(): Promise<void>
}

const WRITERS: Readonly<Record<DatasetFormat, (options: DatasetWriterOptions) => Promise<Writer>>> = {
  async coco({ folder, parts, labeling }) {
    const pathOf = (part: PartName) => join(folder, `${part}.json`)
    const collected = new Map(parts.map((part): [PartName, CocoPage[]] => [part, []]))
    return {
      pathOf,
      // Reduced to numbers at once: the pixels of masks would not find room.
      add: async (part, _, pages) => void collected.get(part)?.push(...pages.map(toCocoPage)),
      async end() {
        const categories = toCategories([...collected.values()].flat(), labelsOf(labeling))
        for (const [part, pages] of collected)
          await writeFile(pathOf(part), `${JSON.stringify(toCoco(pages, categories))}\n`)
      },
    }
  },
  async icdar({ folder, parts }) {
    const pathOf = (part: PartName) => join(folder, part)
    for (const part of parts) await mkdir(pathOf(part))
    return {
      pathOf,
      async add(part, _, pages) {
        for (const page of pages) {
          const stem = basename(page.file, extname(page.file))
          await writeFile(join(pathOf(part), `gt_${stem}.txt`), toIcdar(page))
        }
      },
    }
  },
  async jsonl({ folder, parts }) {
    const pathOf = (part: PartName) => join(folder, `${part}.jsonl`)
    for (const part of parts) await writeFile(pathOf(part), '')
    return {
      pathOf,
      add: (part, labeled, pages) => appendFile(pathOf(part), toJsonLine(labeled, pages)),
    }
  },
}

/** What shapes and points on pictures are called, in the order of the labeling config. */
function labelsOf({ controls }: LabelingConfig) {
  const onImages = controls.filter(
    ({ type, objects }) => /labels$/i.test(type) && objects.some((object) => object.type === 'Image'),
  )
  return {
    labels: onImages.filter((control) => !isPoint(control)).flatMap(({ labels }) => labels),
    pointLabels: onImages.filter(isPoint).flatMap(({ labels }) => labels),
  }
}

function isPoint({ type }: ControlTag): boolean {
  return /^keypoint/i.test(type)
}
