import { expect, test } from 'bun:test'
import { createHost } from '../../src/projects/host.ts'
import { parseBackend } from '../../src/projects/parse-backend.ts'
import { silentLogger } from '../../src/log.ts'

const predict = () => []
const fit = () => undefined

test('when a backend wants to be trained is told to whoever runs it', async () => {
  const training = { every: 10, intervalMs: 60_000, quietMs: 0 }
  const host = createHost(parseBackend({ predict, fit, training }, 'It'), {}, { log: silentLogger })
  expect(host.info.training).toEqual(training)
  await host.close()
})

test.each<[object, string]>([
  [{ fit, training: { every: 0 } }, 'its `training` has `every: 0`'],
  [{ fit, training: { every: 1.5 } }, 'its `training` has `every: 1.5`'],
  [{ fit, training: { interval: 5 } }, 'its `training` has `interval: 5`'],
  [{ fit, training: 'often' }, 'its `training` is no object'],
  [{ training: { every: 2 } }, 'has no `fit`'],
  [{ fit, trainings: { every: 2 } }, 'did you mean `training`?'],
])('%p is refused', (parts, message) => {
  expect(() => parseBackend({ predict, ...parts }, 'It')).toThrow(message)
})
