import { expect, test } from 'bun:test'
import { inOrder } from '../../src/internal/in-order.ts'

test('results keep the order of the items, although later ones are ready first', async () => {
  const first = Promise.withResolvers<string>()
  const results = inOrder(['a', 'b', 'c'], 3, async (item) => {
    if (item === 'c') first.resolve('a!')
    return item === 'a' ? first.promise : `${item}!`
  })
  expect(await Array.fromAsync(results)).toEqual(['a!', 'b!', 'c!'])
})

test('no more items are taken from the stream than may be in work', async () => {
  let [taken, most, done] = [0, 0, 0]
  async function* items() {
    for (; taken < 20; taken++) {
      most = Math.max(most, taken + 1 - done)
      yield taken
    }
  }
  for await (const item of inOrder(items(), 3, async (item) => item)) {
    expect(item).toBe(done)
    done++
  }
  expect([done, most]).toEqual([20, 3])
})

test('no items have no results', async () => {
  expect(await Array.fromAsync(inOrder([], 3, async (item) => item))).toEqual([])
})
