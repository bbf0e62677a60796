import { LsmlError } from '../errors.ts'

export interface StatesOptions<Input, State> {
  /** The most that are kept; the least recently used goes first. */
  readonly max: number
  /** What a state is made of: another key, another state. */
  keyOf(input: Input): string
  /** Of the states of one owner only the one used last is kept … */
  ownerOf(input: Input): string
  /** … and the others until nobody has used them for so many milliseconds. @default 0 */
  readonly lingerMs?: number | undefined
  open(input: Input): Promise<State>
  /** Called once for each state, when nobody uses it any more. Never rejects. */
  close(state: State): Promise<void>
}

export interface States<Input, State> {
  /**
   * Runs the task with the state of this input, which is opened first, or joined while it is being opened. The state
   * stays open until the task has ended. A failed opening is told to all who wait and not remembered.
   */
  use<T>(input: Input, task: (state: State) => T | Promise<T>): Promise<T>
  /** Owners that have an open state. */
  owners(): readonly string[]
  /** Closes each state when its last task has ended, and resolves after that. */
  close(): Promise<void>
}

interface Entry<State> {
  readonly key: string
  readonly owner: string
  readonly opening: Promise<State>
  state: { readonly value: State } | undefined
  users: number
  retired: boolean
  /** Set while another state of its owner is the one used last. */
  timer: ReturnType<typeof setTimeout> | undefined
}

export function createStates<Input, State>(options: StatesOptions<Input, State>): States<Input, State> {
  // In order of use: the first is the least recently used.
  const entries = new Map<string, Entry<State>>()
  // Also those that were retired and still have users.
  const alive = new Set<Entry<State>>()
  const waiting = new Set<() => void>()
  let closed = false

  const remove = (entry: Entry<State>) => {
    alive.delete(entry)
    if (alive.size === 0) for (const resolve of waiting) resolve()
  }
  const closeIfUnused = (entry: Entry<State>) => {
    if (!entry.retired || entry.users > 0 || entry.state === undefined) return
    const { value } = entry.state
    entry.state = undefined
    void options.close(value).then(() => remove(entry))
  }
  const retire = (entry: Entry<State>) => {
    if (entries.get(entry.key) === entry) entries.delete(entry.key)
    clearTimeout(entry.timer)
    entry.retired = true
    closeIfUnused(entry)
  }
  /** What began with an old version may have parts that still wait: to open it again for each would be dear. */
  const retireLater = (entry: Entry<State>) => {
    const { lingerMs = 0 } = options
    if (lingerMs === 0) return retire(entry)
    entry.timer ??= setTimeout(() => retire(entry), lingerMs)
    entry.timer.unref?.()
  }
  const open = () => [...entries.values()].filter((entry) => entry.state !== undefined)
  const trim = (owner: string) => {
    // By use and not by when it was ready: a slow opening may end after that of a newer config.
    const older = open()
      .filter((entry) => entry.owner === owner)
      .slice(0, -1)
    for (const entry of older) retireLater(entry)
    for (const entry of open().slice(0, -options.max)) retire(entry)
  }
  const add = (key: string, input: Input): Entry<State> => {
    const owner = options.ownerOf(input)
    const opening = (async () => options.open(input))()
    const entry: Entry<State> = {
      key,
      owner,
      opening,
      state: undefined,
      users: 0,
      retired: false,
      timer: undefined,
    }
    alive.add(entry)
    entries.set(key, entry)
    opening.then(
      (value) => {
        entry.state = { value }
        trim(owner)
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key)
        remove(entry)
      },
    )
    return entry
  }

  return {
    async use(input, task) {
      if (closed) throw new LsmlError('CANCELLED', 'The server is stopping.')
      const key = options.keyOf(input)
      const entry = entries.get(key) ?? add(key, input)
      entries.delete(key)
      entries.set(key, entry)
      clearTimeout(entry.timer)
      entry.timer = undefined
      entry.users++
      if (entry.state !== undefined) trim(entry.owner)
      try {
        return await task(await entry.opening)
      } finally {
        entry.users--
        closeIfUnused(entry)
      }
    },
    owners: () => [...new Set(open().map((entry) => entry.owner))],
    async close() {
      closed = true
      for (const entry of entries.values()) retire(entry)
      if (alive.size > 0) await new Promise<void>((resolve) => waiting.add(resolve))
    },
  }
}
