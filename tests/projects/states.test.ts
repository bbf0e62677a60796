import { expect, test } from 'bun:test'
import { createStates } from '../../src/projects/states.ts'

/** States named by their input, `owner/key`, whose opening ends when the test says so. */
function setUp({ max = 16, lingerMs = 0 }: { readonly max?: number; readonly lingerMs?: number } = {}) {
  const log: string[] = []
  const openings = new Map<string, PromiseWithResolvers<void>>()
  const states = createStates<string, string>({
    max,
    lingerMs,
    keyOf: (input) => input,
    ownerOf: (input) => input.split('/')[0] ?? '',
    async open(input) {
      log.push(`open ${input}`)
      const opening = Promise.withResolvers<void>()
      openings.set(input, opening)
      await opening.promise
      return input
    },
    async close(state) {
      log.push(`close ${state}`)
    },
  })
  const use = async (input: string) => {
    const used = states.use(input, (state) => state)
    openings.get(input)?.resolve()
    return used
  }
  return { states, log, openings, use }
}

test('who comes while a state is being opened joins', async () => {
  const { states, log, openings } = setUp()
  const users = [states.use('p/1', () => 'a'), states.use('p/1', () => 'b')]
  openings.get('p/1')?.resolve()
  expect(await Promise.all(users)).toEqual(['a', 'b'])
  expect(log).toEqual(['open p/1'])
})

test('a failed opening is told to all who wait, and tried again by the next', async () => {
  const { states, log, openings, use } = setUp()
  const users = Promise.allSettled([states.use('p/1', () => 'a'), states.use('p/1', () => 'b')])
  openings.get('p/1')?.reject(new Error('no weights'))
  expect((await users).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(states.owners()).toEqual([])
  await use('p/1')
  expect(log).toEqual(['open p/1', 'open p/1'])
})

test('an old state is closed when its last task has ended, beside the new one', async () => {
  const { states, log, openings, use } = setUp()
  const task = Promise.withResolvers<void>()
  const old = states.use('p/1', () => task.promise)
  openings.get('p/1')?.resolve()
  await use('p/2')
  expect(log).toEqual(['open p/1', 'open p/2'])
  task.resolve()
  await old
  expect(log).toEqual(['open p/1', 'open p/2', 'close p/1'])
  expect(states.owners()).toEqual(['p'])
})

test('of two that are opened at once, the one asked for last stays, whichever is ready first', async () => {
  const { states, log, openings } = setUp()
  const [one, two] = [states.use('p/1', () => {}), states.use('p/2', () => {})]
  openings.get('p/2')?.resolve()
  await two
  openings.get('p/1')?.resolve()
  await one
  expect(log.slice(2)).toEqual(['close p/1'])
})

test('a new state that cannot be opened leaves the old one', async () => {
  const { states, log, openings, use } = setUp()
  await use('p/1')
  const failing = states.use('p/2', () => {})
  openings.get('p/2')?.reject(new Error('no weights'))
  await expect(failing).rejects.toThrow('no weights')
  await use('p/1')
  expect(log).toEqual(['open p/1', 'open p/2'])
})

test('over the bound, the least recently used is closed', async () => {
  const { states, log, use } = setUp({ max: 2 })
  for (const input of ['p/1', 'q/1', 'p/1', 'r/1']) await use(input)
  expect(log.filter((line) => line.startsWith('close'))).toEqual(['close q/1'])
  expect(states.owners()).toEqual(['p', 'r'])
})

test('the end closes each once, after its tasks, and opens no more', async () => {
  const { states, log, openings, use } = setUp()
  await use('p/1')
  const task = Promise.withResolvers<void>()
  const running = states.use('q/1', () => task.promise)
  openings.get('q/1')?.resolve()
  const opening = states.use('r/1', () => 'late')
  const closed = states.close()
  await expect(states.use('s/1', () => {})).rejects.toMatchObject({ code: 'CANCELLED' })
  task.resolve()
  openings.get('r/1')?.resolve()
  expect(await opening).toBe('late')
  await Promise.all([running, closed, states.close()])
  expect(log.filter((line) => line.startsWith('close')).toSorted()).toEqual([
    'close p/1',
    'close q/1',
    'close r/1',
  ])
})

test('an old state lingers for parts of what began with it, and is closed when it is not used for a while', async () => {
  const { states, log, use } = setUp({ lingerMs: 40 })
  await use('p/1')
  await use('p/2')
  await use('p/1')
  await use('p/2')
  expect(log).toEqual(['open p/1', 'open p/2'])
  while (log.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(log).toEqual(['open p/1', 'open p/2', 'close p/1'])
  await use('p/1')
  expect(log).toEqual(['open p/1', 'open p/2', 'close p/1', 'open p/1'])
  await states.close()
  expect(log.slice(4).toSorted()).toEqual(['close p/1', 'close p/2'])
})
