/**
 * A keyed lazy value: concurrent callers join one opening, a failed opening is told to everyone who waited and then
 * forgotten, so that the next caller tries again.
 */
export class OnceMap<Key, Value> {
  readonly #values = new Map<Key, Promise<Value>>()

  get(key: Key, open: () => Promise<Value> | Value): Promise<Value> {
    const existing = this.#values.get(key)
    if (existing !== undefined) return existing
    const opening = (async () => open())()
    this.#values.set(key, opening)
    opening.catch(() => {
      // Only what this call has put there: another opening may have taken the place in the meantime.
      if (this.#values.get(key) === opening) this.#values.delete(key)
    })
    return opening
  }

  peek(key: Key): Promise<Value> | undefined {
    return this.#values.get(key)
  }

  delete(key: Key): Promise<Value> | undefined {
    const existing = this.#values.get(key)
    this.#values.delete(key)
    return existing
  }

  get size(): number {
    return this.#values.size
  }

  keys(): IterableIterator<Key> {
    return this.#values.keys()
  }
}
