import { expect, test } from 'bun:test'
import { createMemoryStore } from '../../src/store/memory.ts'
import { describeStore, eventOf } from './conformance.ts'

const open = async () => {
  const store = createMemoryStore()
  return { store, reopen: async () => store, remove: async () => {} }
}

describeStore('the store in memory', open, { isKept: false })

test('a store in memory forgets old jobs with their events', async () => {
  const store = createMemoryStore()
  const ids: string[] = []
  for (let time = 1; time <= 30; time++) {
    const { id } = await store.addEvent(eventOf('1'))
    ids.push(id)
    const job = await store.createJob('1', time)
    await store.claimJob('me', time)
    await store.finishJob(job?.id ?? '', 'me', { now: time })
  }
  expect(await store.listJobs()).toHaveLength(20)
  expect(await store.findEvent(ids[0] ?? '')).toBeUndefined()
  expect(await store.findEvent(ids[29] ?? '')).toBeDefined()
})
