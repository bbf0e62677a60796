import { LsmlError } from '../errors.ts'

/** What does one piece of work at a time: a worker process, or this one. */
export interface Lane {
  /** Takes work now, when it has none. */
  readonly isReady: boolean
  /** Why it could not start, while that is the last that is known of it. */
  readonly fault: LsmlError | undefined
  holds(project: string): boolean
}

export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY]
/** Lower goes first. */
export const PRIORITY = { interactive: 0, normal: 1, background: 2 } as const

/** One piece of work that waits for a lane. */
export interface Ticket<L extends Lane> {
  readonly project: string
  readonly priority: Priority
  /** Orders tickets of one priority; see `WorkQueue.clock`. */
  readonly rank: number
  /** The only lane that may take it. It fails when that cannot start. */
  readonly only?: L | undefined
  /** Never rejects; settles when the lane is free again. */
  run(lane: L): Promise<void>
  fail(error: LsmlError): void
}

export interface WorkQueue<L extends Lane> {
  /**
   * Rank of the work that was begun last. A ticket with this rank plus its place in its own request takes turns with
   * those of other requests: none waits until a long one has ended.
   */
  readonly clock: number
  add(ticket: Ticket<L>): void
  /** @returns whether it was still waiting */
  remove(ticket: Ticket<L>): boolean
  /** To be called when a lane's readiness or fault has changed. */
  wake(): void
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>
  failAll(error: LsmlError): void
}

/** Projects whose lane is remembered: only so many, since ids come from outside. */
const MAX_HOMES = 1000

/**
 * Gives work to lanes. Each project has a home lane, where its state is; others take its work when they hold its state
 * too, or when more than `spillAt` tickets wait for its home.
 */
export function createWorkQueue<L extends Lane>(
  lanes: readonly L[],
  { spillAt }: { readonly spillAt: number },
): WorkQueue<L> {
  const waiting = new Set<Ticket<L>>()
  const busy = new Set<L>()
  const homes = new Map<string, L>()
  const idling = new Set<() => void>()
  let clock = 0

  const homeOf = (project: string): L | undefined => {
    const known = homes.get(project)
    if (known !== undefined && known.fault === undefined) return known
    const counts = new Map<L, number>(
      lanes.filter((lane) => lane.fault === undefined).map((lane) => [lane, 0]),
    )
    for (const lane of homes.values()) if (counts.has(lane)) counts.set(lane, (counts.get(lane) ?? 0) + 1)
    const [least] = [...counts].toSorted(([, a], [, b]) => a - b)
    if (least === undefined) return undefined
    if (homes.size >= MAX_HOMES)
      for (const oldest of homes.keys()) {
        homes.delete(oldest)
        break
      }
    homes.set(project, least[0])
    return least[0]
  }
  const pick = (lane: L): Ticket<L> | undefined => {
    const queued = new Map<L | undefined, number>()
    for (const { project } of waiting) queued.set(homeOf(project), (queued.get(homeOf(project)) ?? 0) + 1)
    let best: Ticket<L> | undefined
    for (const ticket of waiting) {
      const home = homeOf(ticket.project)
      const spills = ticket.priority !== PRIORITY.background && (queued.get(home) ?? 0) > spillAt
      const isFor =
        ticket.only === undefined
          ? home === lane || lane.holds(ticket.project) || spills
          : ticket.only === lane
      if (!isFor) continue
      if (best === undefined || comesBefore(ticket, best)) best = ticket
    }
    return best
  }
  const start = (ticket: Ticket<L>, lane: L) => {
    waiting.delete(ticket)
    busy.add(lane)
    if (ticket.priority === PRIORITY.normal) clock = Math.max(clock, ticket.rank)
    void ticket.run(lane).then(() => {
      busy.delete(lane)
      queue.wake()
    })
  }

  const queue: WorkQueue<L> = {
    get clock() {
      return clock
    },
    add(ticket) {
      waiting.add(ticket)
      queue.wake()
    },
    remove: (ticket) => waiting.delete(ticket),
    wake() {
      const [fault] = lanes.map((lane) => lane.fault)
      if (fault !== undefined && lanes.every((lane) => lane.fault !== undefined)) queue.failAll(fault)
      for (const ticket of waiting) {
        if (ticket.only?.fault === undefined) continue
        waiting.delete(ticket)
        ticket.fail(ticket.only.fault)
      }
      for (const lane of lanes) {
        const ticket = lane.isReady && !busy.has(lane) ? pick(lane) : undefined
        if (ticket !== undefined) start(ticket, lane)
      }
      if (waiting.size === 0 && busy.size === 0) {
        for (const resolve of idling) resolve()
        idling.clear()
      }
    },
    async idle() {
      if (waiting.size > 0 || busy.size > 0) await new Promise<void>((resolve) => idling.add(resolve))
    },
    failAll(error) {
      for (const ticket of waiting) {
        waiting.delete(ticket)
        ticket.fail(error)
      }
    },
  }
  return queue
}

function comesBefore<L extends Lane>(a: Ticket<L>, b: Ticket<L>): boolean {
  return a.priority < b.priority || (a.priority === b.priority && a.rank < b.rank)
}
