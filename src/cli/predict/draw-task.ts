import { basename, extname, join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { encodePng } from '../../image/encode.ts'
import { openFont } from '../../image/draw-text.ts'
import type { LabelingConfig } from '../../labeling/config.ts'
import { taskValues } from '../../labeling/data-path.ts'
import type { Media } from '../../media/media.ts'
import type { VersionedPrediction } from '../../protocol/result.ts'
import type { Task } from '../../protocol/task.ts'
import { drawPage } from './draw-page.ts'
import { drawnRegions } from './drawn-regions.ts'
import { labelColors } from './label-colors.ts'

export interface TaskDrawer {
  /**
   * Draws each page of a task into a PNG file.
   *
   * @returns the paths
   * @throws LsmlError when a picture cannot be read
   */
  draw(name: string, task: Task, prediction: VersionedPrediction): Promise<readonly string[]>
}

/** Draws what was predicted for images into files of a folder, named after the tasks. */
export function createTaskDrawer(folder: string, labeling: LabelingConfig, media: Media): TaskDrawer {
  const colorOf = labelColors(labeling)
  const freeName = createNames()
  const tags = labeling.objects.filter(({ type }) => type === 'Image')
  return {
    async draw(name, task, prediction) {
      const font = await openFont()
      const paths: string[] = []
      for (const tag of tags) {
        const pages = taskValues(task, tag)
        for (const { value, index } of pages) {
          const image = await media.image(value, { task })
          const page = { width: image.width, height: image.height, itemIndex: index }
          const pageName = pages.length > 1 ? `-page-${(index ?? 0) + 1}` : ''
          const title = `${name}  ·  ${prediction.model_version}`
          const drawn = drawPage(image, drawnRegions(prediction.result, tag, page), { font, title, colorOf })
          const path = join(folder, `${freeName(basename(name, extname(name)) + pageName)}.png`)
          await writeFile(path, await encodePng(drawn))
          paths.push(path)
        }
      }
      return paths
    },
  }
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
