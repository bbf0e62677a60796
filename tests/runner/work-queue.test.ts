import { describe, expect, test } from 'bun:test'
import { LsmlError } from '../../src/errors.ts'
import {
  createWorkQueue,
  type Lane,
  PRIORITY,
  type Priority,
  type Ticket,
} from '../../src/runner/work-queue.ts'

interface TestLane extends Lane {
  readonly name: string
  isReady: boolean
  fault: LsmlError | undefined
  readonly held: Set<string>
}

function laneOf(name: string): TestLane {
  const held = new Set<string>()
  return { name, isReady: true, fault: undefined, held, holds: (project) => held.has(project) }
}

/** A queue whose work ends when the test says so; `log` has what was begun, as `work@lane`. */
function setUp(lanes: readonly TestLane[], spillAt = 1) {
  const queue = createWorkQueue(lanes, { spillAt })
  const log: string[] = []
  const ends = new Map<string, () => void>()
  const add = (name: string, { project = 'p', priority = PRIORITY.normal as Priority, rank = 0 } = {}) => {
    const ticket: Ticket<TestLane> = {
      project,
      priority,
      rank,
      run: (lane) => {
        log.push(`${name}@${lane.name}`)
        return new Promise((resolve) => ends.set(name, resolve))
      },
      fail: ({ code }) => void log.push(`${name} ${code}`),
    }
    queue.add(ticket)
    return ticket
  }
  const end = async (...names: readonly string[]) => {
    for (const name of names) {
      ends.get(name)?.()
      await Promise.resolve()
      await Promise.resolve()
    }
  }
  return { queue, log, add, end }
}

test('a lane has one piece of work at a time, in the order of arrival', async () => {
  const { log, add, end } = setUp([laneOf('1')])
  for (const name of ['a', 'b', 'c']) add(name)
  expect(log).toEqual(['a@1'])
  await end('a', 'b', 'c')
  expect(log).toEqual(['a@1', 'b@1', 'c@1'])
})

test('smart tools go first, warming up last', async () => {
  const { log, add, end } = setUp([laneOf('1')])
  add('first')
  add('warm', { priority: PRIORITY.background })
  add('batch')
  add('smart', { priority: PRIORITY.interactive })
  await end('first', 'smart', 'batch')
  expect(log).toEqual(['first@1', 'smart@1', 'batch@1', 'warm@1'])
})

test('requests take turns: a long one does not hold up those that come after it', async () => {
  const { queue, log, add, end } = setUp([laneOf('1')])
  for (const [rank, name] of ['a0', 'a1', 'a2', 'a3'].entries()) add(name, { rank })
  await end('a0')
  const { clock } = queue
  for (const [index, name] of ['b0', 'b1'].entries()) add(name, { rank: clock + index })
  await end('a1', 'b0', 'a2', 'b1', 'a3')
  expect(log.map((entry) => entry.slice(0, 2))).toEqual(['a0', 'a1', 'b0', 'a2', 'b1', 'a3'])
})

describe('several lanes', () => {
  test('have projects of their own, spread evenly', async () => {
    const { log, add, end } = setUp([laneOf('1'), laneOf('2')])
    for (const project of ['p', 'q']) add(`${project}1`, { project })
    await end('p1', 'q1')
    for (const project of ['q', 'p']) add(`${project}2`, { project })
    expect(log).toEqual(['p1@1', 'q1@2', 'q2@2', 'p2@1'])
  })

  test('help out only when more waits than is meant to', () => {
    const { log, add } = setUp([laneOf('1'), laneOf('2')])
    for (const name of ['a', 'b']) add(name)
    expect(log).toEqual(['a@1'])
    add('c')
    expect(log).toEqual(['a@1', 'b@2'])
  })

  test('help out at once with a project that they hold', () => {
    const [one, two] = [laneOf('1'), laneOf('2')]
    const { log, add } = setUp([one, two])
    two.held.add('p')
    for (const name of ['a', 'b']) add(name)
    expect(log).toEqual(['a@1', 'b@2'])
  })

  test('do not warm up for each other', () => {
    const { log, add } = setUp([laneOf('1'), laneOf('2')])
    for (const name of ['a', 'b', 'c', 'd']) add(name, { priority: PRIORITY.background })
    expect(log).toEqual(['a@1'])
  })

  test('take over from one that cannot start', () => {
    const [one, two] = [laneOf('1'), laneOf('2')]
    const { queue, log, add } = setUp([one, two])
    one.isReady = false
    add('a')
    expect(log).toEqual([])
    one.fault = new LsmlError('WORKER_FAILED', 'It cannot start.')
    queue.wake()
    expect(log).toEqual(['a@2'])
  })
})

test('when no lane can start, all that waits fails with the reason', () => {
  const lane = laneOf('1')
  const { log, add } = setUp([lane])
  lane.isReady = false
  lane.fault = new LsmlError('INVALID_BACKEND', 'It has no predict.')
  add('a')
  expect(log).toEqual(['a INVALID_BACKEND'])
})

test('what was taken back is not run, and an idle queue says so', async () => {
  const { queue, log, add, end } = setUp([laneOf('1')])
  add('a')
  expect(queue.remove(add('b'))).toBe(true)
  const idle = queue.idle()
  await end('a')
  await idle
  expect(log).toEqual(['a@1'])
})
