import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { startCli } from '../../_helpers/start-cli.ts'
import { tempDir } from '../../_helpers/temp-dir.ts'
import { createProject } from '../label-studio/project.ts'
import { type Flow, TEXT_OF_PAGE } from './flow.ts'

const ocr = join(import.meta.dir, '../../../examples/ocr')
const receipt = Bun.file(join(ocr, 'sample/receipt.png'))

/** What the editor asks when a person has drawn with a smart tool. */
export function testSmartTools(flow: () => Flow): void {
  test('a smart tool’s rectangle comes to the backend, and its answer to the editor; nothing is stored', async () => {
    const { studio, recorder } = flow()
    const project = await createProject(studio.api, TEXT_OF_PAGE, receipt)
    const backend = await project.connect(recorder.url)
    const value = { x: 6, y: 72, width: 19, height: 5.5, rotation: 0, rectanglelabels: ['Word'] }
    const drawn = { id: 'd1', from_name: 'box', to_name: 'image', type: 'rectanglelabels', value }
    const answer = await project.draw(backend, [drawn])
    expect(answer.data?.result).toMatchObject([{ from_name: 'box' }, { value: { text: ['drawn'] } }])
    expect(recorder.calls('predict', project.id)).toMatchObject([
      { tasks: [{ id: project.task }], drawn: [drawn] },
    ])
    expect(await project.predictions()).toEqual([])
  })

  test('a smart tool’s rectangle around a line of a receipt is answered with its text', async () => {
    using cache = tempDir()
    const server = await startCli(['start', 'ocr', '-p', '0'], {
      env: { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', XDG_CACHE_HOME: cache.path },
    })
    try {
      const labelConfig = await Bun.file(join(ocr, 'labeling.xml')).text()
      const project = await createProject(flow().studio.api, labelConfig, receipt)
      const value = { x: 6, y: 72, width: 19, height: 5.5, rotation: 0, rectanglelabels: ['Text'] }
      const drawn = { id: 'd1', from_name: 'label', to_name: 'image', type: 'rectanglelabels', value }
      const answer = await project.draw(await project.connect(server.url), [drawn])
      expect(answer.data?.result).toMatchObject([
        { id: 'd1', type: 'rectanglelabels' },
        { id: 'd1', type: 'textarea', value: { text: ['TOTAL'] } },
      ])
    } finally {
      await server.stop()
    }
  })
}
