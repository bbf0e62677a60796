import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLogger } from '../../src/log.ts'
import { createProcessRunner } from '../../src/runner/processes.ts'
import { fitJob } from '../_helpers/fit-job.ts'
import { rejection } from '../media/servers.ts'
import { isAlive, until } from './processes.ts'

const labelConfig =
  '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="A"/></Choices></View>'
const choice = { id: 'a', from_name: 'kind', to_name: 'text', type: 'choices', value: { choices: ['A'] } }
const tasks = [{ id: 1, data: { text: 'x' }, annotations: [{ id: 1, result: [choice] }] }]

test.skipIf(process.platform === 'win32')(
  'a training that is cancelled ends with all that its trainer has started',
  async () => {
    const module = join(import.meta.dir, 'backends/stubborn.ts')
    const runner = await createProcessRunner({ module, log: silentLogger, logLevel: 'silent' })
    try {
      const job = fitJob({ id: '1', labelConfig, version: '0.0.1' }, { action: 'START_TRAINING', tasks })
      const controller = new AbortController()
      const training = rejection(runner.fit(job, { signal: controller.signal }))
      const file = join(job.workDir, 'pids')
      await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
      const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number)
      expect(pids.map(isAlive)).toEqual([true, true])
      controller.abort()
      expect(await training).toMatchObject({ code: 'CANCELLED' })
      await until(() => !pids.some(isAlive))
    } finally {
      await runner.close({ graceMs: 0 })
    }
  },
  60_000,
)
