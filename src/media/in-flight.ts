interface Running<Value> {
  readonly result: Promise<Value>
  readonly controller: AbortController
  waiting: number
}

/**
 * Work that several callers want at once is done once. A caller who gives up leaves the others alone; when all have,
 * the work is aborted. Nothing is kept: the next caller after the end starts anew.
 */
export class InFlight<Value> {
  readonly #running = new Map<string, Running<Value>>()

  /** @throws the reason of `signal` when it aborts, and whatever `work` rejects with */
  async run(
    key: string,
    work: (signal: AbortSignal) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    signal?.throwIfAborted()
    const running = this.#running.get(key) ?? this.#start(key, work)
    running.waiting++
    try {
      return await abortable(running.result, signal)
    } finally {
      running.waiting--
      if (running.waiting === 0) {
        this.#forget(key, running)
        running.controller.abort(signal?.reason)
      }
    }
  }

  /** Aborts everything and waits until it has ended. */
  async abort(reason: unknown): Promise<void> {
    const all = [...this.#running.values()]
    for (const { controller } of all) controller.abort(reason)
    await Promise.allSettled(all.map(({ result }) => result))
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Value>): Running<Value> {
    const controller = new AbortController()
    const result = (async () => work(controller.signal))()
    const running = { result, controller, waiting: 0 }
    this.#running.set(key, running)
    const forget = () => this.#forget(key, running)
    result.then(forget, forget)
    return running
  }

  #forget(key: string, running: Running<Value>): void {
    if (this.#running.get(key) === running) this.#running.delete(key)
  }
}

/** The promise, or a rejection with the signal's reason, whichever is first. The promise itself goes on. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
