import { basename, extname, join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { type Canvas, createCanvas, drawImage } from '../../image/draw.ts'
import { encodePng } from '../../image/encode.ts'
import { openFont } from '../../image/draw-text.ts'
import type { LabelingConfig } from '../../labeling/config.ts'
import { taskValues } from '../../labeling/data-path.ts'
import type { Media } from '../../media/media.ts'
import type { ResultItem } from '../../protocol/result.ts'
import type { Task } from '../../protocol/task.ts'
import { drawPage, MARGIN } from './draw-page.ts'
import { drawnRegions } from './drawn-regions.ts'
import { labelColors } from './label-colors.ts'

/** One drawing of each page, such as what was predicted. */
export interface Layer {
  /** Stands above the page behind the task's name. */
  readonly title: string
  readonly result: readonly ResultItem[]
}

export interface TaskDrawer {
  /**
   * Draws each page of a task into a PNG file, once for each layer, one below the other.
   *
   * @returns the paths
   * @throws LsmlError when a picture cannot be read
   */
  draw(name: string, task: Task, layers: readonly Layer[]): Promise<readonly string[]>
}

/** Draws what was found on images into files of a folder, named after the tasks. */
export function createTaskDrawer(folder: string, labeling: LabelingConfig, media: Media): TaskDrawer {
  const colorOf = labelColors(labeling)
  const freeName = createNames()
  const tags = labeling.objects.filter(({ type }) => type === 'Image')
  return {
    async draw(name, task, layers) {
      const font = await openFont()
      const paths: string[] = []
      for (const tag of tags) {
        const pages = taskValues(task, tag)
        for (const { value, index } of pages) {
          const image = await media.image(value, { task })
          const page = { width: image.width, height: image.height, itemIndex: index }
          const pageName = pages.length > 1 ? `-page-${(index ?? 0) + 1}` : ''
          const drawn = layers.map(({ title, result }) =>
            drawPage(image, drawnRegions(result, tag, page), {
              font,
              title: `${name}  ·  ${title}`,
              colorOf,
            }),
          )
          const path = join(folder, `${freeName(basename(name, extname(name)) + pageName)}.png`)
          await writeFile(path, await encodePng(stack(drawn)))
          paths.push(path)
        }
      }
      return paths
    },
  }
}

function stack(pages: readonly Canvas[]): Canvas {
  const [first] = pages
  if (pages.length === 1 && first !== undefined) return first
  const height = pages.reduce((sum, page) => sum + page.height, 0)
  const canvas = createCanvas(Math.max(...pages.map(({ width }) => width)), height, MARGIN)
  let top = 0
  for (const page of pages) {
    drawImage(canvas, page, 0, top)
    top += page.height
  }
  return canvas
}

/** Gives each name once: two pictures of one name, of different folders, get different files. */
function createNames(): (wanted: string) => string {
  const taken = new Set<string>()
  return (wanted) => {
    const plain = wanted.replaceAll(/[^\p{L}\p{N}._ -]/gu, '_')
    let name = plain
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}-${count}`
    taken.add(name.toLowerCase())
    return name
  }
}
