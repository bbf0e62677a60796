import { expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { finishJob } from '../../src/training/finish-job.ts'
import { eventOf } from '../store/conformance.ts'

/** A store with a running job, which is away for the first calls. */
async function storeThatIsAway(calls: number, code: 'STORE_UNAVAILABLE' | 'INVALID_REQUEST') {
  const store = createMemoryStore()
  await store.addEvent(eventOf('1'))
  await store.createJob('1', 1)
  const job = await store.claimJob('me', 2)
  let left = calls
  const away = {
    ...store,
    finishJob: async (...args: Parameters<typeof store.finishJob>) => {
      if (left-- > 0) throw new LsmlError(code, 'Away.')
      return store.finishJob(...args)
    },
  }
  return { store: away, job: job?.id ?? '' }
}

test('a training that ends while the store is away is kept when it is back', async () => {
  const { store, job } = await storeThatIsAway(2, 'STORE_UNAVAILABLE')
  expect(await finishJob(store, job, 'me', { now: 3 }, undefined)).toBe(true)
  expect(await store.findJob(job)).toMatchObject({ state: 'succeeded' })
})

test('what is refused, and what nobody wants any more, is not tried again', async () => {
  const refused = await storeThatIsAway(1, 'INVALID_REQUEST')
  await expect(finishJob(refused.store, refused.job, 'me', { now: 3 }, undefined)).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  })
  const unwanted = await storeThatIsAway(1, 'STORE_UNAVAILABLE')
  const ended = finishJob(unwanted.store, unwanted.job, 'me', { now: 3 }, AbortSignal.abort())
  await expect(ended).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
