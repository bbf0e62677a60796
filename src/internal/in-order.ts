/**
 * Works on several items at once and gives the results in the order of the items. At most so many are in work or wait to
 * be taken, so that a long stream is never held as a whole.
 *
 * @param work must not reject while nobody waits for it: let it answer a failure
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = []
  for await (const item of items) {
    running.push(work(item))
    if (running.length >= atOnce) yield await (running.shift() as Promise<Result>)
  }
  for (const result of running) yield await result
}
