import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { openSession } from '../../src/onnx/open-session.ts'
import { serveModels } from '../_helpers/model-server.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { startCli } from '../_helpers/start-cli.ts'
import { lsml } from './_run.ts'

const receipt = resolve(import.meta.dir, '../../examples/ocr/sample/receipt.png')
const labelConfig = await Bun.file(resolve(import.meta.dir, '../../examples/ocr/labeling.xml')).text()
const task = {
  id: 1,
  data: { ocr: `data:image/png;base64,${Buffer.from(await Bun.file(receipt).bytes()).toString('base64')}` },
}

const [det, rec, dict] = [
  sharedPath('models/text-detection/en_PP-OCRv3_det_infer.onnx'),
  sharedPath('models/text-recognition/en_number_mobile_v2.0_rec_infer.onnx'),
  sharedPath('models/text-recognition/en_dict.txt'),
]

describe.skipIf(det === undefined || rec === undefined || dict === undefined)(
  'models on a server (needs shared/)',
  () => {
    test('read a page from the command line as the same files do', async () => {
      const sessions = await Promise.all([det, rec].map((file) => openSession(file ?? '', { device: 'cpu' })))
      const [detector, recognizer] = sessions.map(({ session }) => session)
      if (detector === undefined || recognizer === undefined) throw new Error('unreachable')
      // As Triton serves a file without a configuration: at most 4 rows a request.
      using server = serveModels({ det: detector, rec: recognizer }, { binary: true, maxBatchSize: 4 })
      const there = await read(`det_ckpt=${server.address('det')}`, `recog_ckpt=${server.address('rec')}`)
      const here = await read(`det_ckpt=${det}`, `recog_ckpt=${rec}`)
      expect(there.stderr).toBe('')
      expect(there.code).toBe(0)
      const lines = there.stdout.trim().split('\n')
      expect(lines.length).toBeGreaterThan(20)
      expect(there.stdout).toBe(here.stdout)
      await Promise.all(sessions.map(({ session }) => session.release()))
    }, 120_000)
  },
)

test('a project may not choose the server', async () => {
  using server = serveModels({})
  const lsmlServer = await startCli(['start', 'ocr', '-p', '0', '--log-level', 'silent'])
  const setup = {
    project: '7',
    schema: labelConfig,
    extra_params: JSON.stringify({ detCkpt: server.address('det') }),
  }
  await fetch(`${lsmlServer.url}/setup`, { method: 'POST', body: JSON.stringify(setup) })
  const body = JSON.stringify({ tasks: [task], label_config: labelConfig, project: '7' })
  const answer = await (await fetch(`${lsmlServer.url}/predict`, { method: 'POST', body })).text()
  expect(answer).toContain('INVALID_PARAMS')
  expect(answer).toContain(`--model-server ${server.origin}`)
  expect(server.requests).toEqual([])
  await lsmlServer.stop()
}, 60_000)

function read(...models: string[]) {
  return lsml(['predict', 'ocr', receipt, '--device', 'cpu', '--with', ...models, `recog_dict=${dict}`])
}
