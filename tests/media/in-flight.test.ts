import { expect, test } from 'bun:test'
import { InFlight } from '../../src/media/in-flight.ts'

const throwAtOnce = () => {
  throw new Error('at once')
}

/** Work that ends when told, and says when it was aborted. */
function heldWork() {
  const held = Promise.withResolvers<string>()
  const signals: AbortSignal[] = []
  const work = (signal: AbortSignal) => {
    signals.push(signal)
    signal.addEventListener('abort', () => held.reject(signal.reason))
    return held.promise
  }
  return { ...held, signals, work }
}

test('callers of one key share the work, another key has its own', async () => {
  const inFlight = new InFlight<string>()
  const { work, signals, resolve } = heldWork()
  const both = [inFlight.run('a', work), inFlight.run('a', work)]
  const other = inFlight.run('b', async () => 'b')
  resolve('done')
  expect(await Promise.all([...both, other])).toEqual(['done', 'done', 'b'])
  expect(signals).toHaveLength(1)
})

test('one who gives up leaves the others alone', async () => {
  const inFlight = new InFlight<string>()
  const { work, signals, resolve } = heldWork()
  const impatient = new AbortController()
  const given = inFlight.run('a', work, impatient.signal)
  const waiting = inFlight.run('a', work)
  impatient.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  expect(signals[0]?.aborted).toBeFalse()
  resolve('done')
  expect(await waiting).toBe('done')
})

test('when all have given up the work is aborted, and the next caller starts anew', async () => {
  const inFlight = new InFlight<string>()
  const { work, signals } = heldWork()
  const controllers = [new AbortController(), new AbortController()]
  const all = Promise.allSettled(controllers.map(({ signal }) => inFlight.run('a', work, signal)))
  for (const controller of controllers) controller.abort(new Error('enough'))
  expect(await all).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(await inFlight.run('a', async () => 'again')).toBe('again')
})

test('a failure is told to all who waited and not kept', async () => {
  const inFlight = new InFlight<string>()
  const { work, reject } = heldWork()
  const both = Promise.allSettled([inFlight.run('a', work), inFlight.run('a', work)])
  const broken = new Error('broken')
  reject(broken)
  expect((await both).map((each) => each.status === 'rejected' && each.reason)).toEqual([broken, broken])
  expect(await inFlight.run('a', async () => 'again')).toBe('again')
})

test('work that throws at once is a failure like any other', async () => {
  const inFlight = new InFlight<string>()
  await expect(inFlight.run('a', throwAtOnce)).rejects.toThrow('at once')
})

test('who comes with an aborted signal starts nothing', async () => {
  const { work, signals } = heldWork()
  await expect(new InFlight<string>().run('a', work, AbortSignal.abort(new Error('late')))).rejects.toThrow(
    'late',
  )
  expect(signals).toEqual([])
})

test('abort ends everything and waits for the end', async () => {
  const inFlight = new InFlight<string>()
  const { work } = heldWork()
  const ended: unknown[] = []
  const running = inFlight.run('a', work).catch((error: unknown) => ended.push(error))
  const stopping = new Error('stopping')
  await inFlight.abort(stopping)
  await running
  expect(ended).toEqual([stopping])
})
