import { expect, test } from 'bun:test'
import { createMemoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { createVersions, type ProjectVersion } from '../../src/server/versions.ts'
import { versionOf } from '../store/conformance.ts'
import { recordingLog } from './_app.ts'

interface Given {
  readonly store?: Store
  readonly base?: string
  readonly prepare?: (project: string, version: ProjectVersion) => Promise<void>
}

function setUp({ store = createMemoryStore(), base = '1.0', prepare = async () => {} }: Given = {}) {
  const log = recordingLog()
  const files = { open: async ({ id }: { readonly id: string }) => `/files/${id}` }
  return { store, log, versions: createVersions({ base, store, files, prepare, log }) }
}

const until = async (isTrue: () => boolean) => {
  const end = Date.now() + 5_000
  while (!isTrue() && Date.now() < end) await new Promise((resolve) => setImmediate(resolve))
  expect(isTrue()).toBe(true)
}

const first = '1.0+20261125T143001234'
const second = '1.0+20261125T143001235'

test('a project without training has the version of the backend', async () => {
  const { versions } = setUp()
  await versions.start()
  expect(versions.current('1')).toEqual({ version: '1.0', trainOutput: undefined, files: undefined })
  expect(versions.list('1')).toEqual(['1.0'])
  versions.close()
})

test('what was learnt before serves from the start, each project by its own', async () => {
  const { store, versions } = setUp()
  await store.addVersion(versionOf('1', first))
  await store.addVersion(versionOf('1', second, { heldBack: 'worse' }))
  await store.addVersion(versionOf('2', second))
  await versions.start()
  expect(versions.current('1')).toEqual({
    version: first,
    trainOutput: { made: first },
    files: `/files/${first}`,
  })
  expect(versions.current('2').version).toBe(second)
  expect(versions.list('1')).toEqual(['1.0', first, second])
  expect(versions.list()).toEqual(['1.0', first, second])
  expect(versions.details('1')).toMatchObject([
    { version: first, active: true },
    { version: second, active: false, held_back: 'worse' },
  ])
  versions.close()
})

test('what somebody activates serves when it is ready, and not before', async () => {
  const ready = Promise.withResolvers<void>()
  const asked: string[] = []
  const { store, versions } = setUp({
    prepare: async (project, { version }) => {
      asked.push(`${project} ${version}`)
      await ready.promise
    },
  })
  await store.addVersion(versionOf('1', first))
  await versions.start()
  await store.addVersion(versionOf('1', second))
  await until(() => asked.length === 1)
  expect(asked).toEqual([`1 ${second}`])
  expect(versions.current('1').version).toBe(first)
  ready.resolve()
  await until(() => versions.current('1').version === second)
  await store.activateVersion('1', undefined)
  await until(() => versions.current('1').version === '1.0')
  versions.close()
})

test('the old one goes on while the new one cannot be made ready, which is told', async () => {
  const { store, log, versions } = setUp({
    prepare: async () => {
      throw new Error('No memory.')
    },
  })
  await versions.start()
  await store.addVersion(versionOf('1', first))
  await until(() => log.lines.length > 0)
  expect(log.lines[0]).toMatchObject({
    level: 'error',
    message: expect.stringMatching(/`1\.0` goes on.*No memory/),
  })
  expect(versions.current('1').version).toBe('1.0')
  versions.close()
})

test('a backend that was raised gives another name to what its earlier version learnt', async () => {
  const { store, versions } = setUp({ base: '2.0' })
  await store.addVersion(versionOf('1', first))
  await versions.start()
  expect(versions.current('1')).toMatchObject({ version: '2.0+20261125T143001234', files: `/files/${first}` })
  versions.close()
})
