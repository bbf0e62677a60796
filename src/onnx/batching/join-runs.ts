import { toError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { RunOptions, Session } from '../session.ts'
import { isSameTensors } from './is-same-tensors.ts'
import { countRows, joinRows, sliceRows, type Tensors } from './rows.ts'

export interface BatchingOptions {
  /** The most rows of axis 0 in one run. */
  readonly maxRows: number
  /** How long the first run waits for others. @default 5 */
  readonly delayMs?: number | undefined
}

export interface JoinRunsOptions extends BatchingOptions {
  /** For the log. */
  readonly name: string
  readonly log?: Logger | undefined
}

interface Waiting {
  readonly feeds: Tensors
  readonly rows: number
  readonly options: RunOptions | undefined
  resolve(outputs: Tensors): void
  reject(error: unknown): void
}

interface Group {
  readonly runs: Waiting[]
  rows: number
  readonly timer: ReturnType<typeof setTimeout>
}

export const DEFAULT_DELAY_MS = 5

/**
 * A session that joins runs of equal shapes which come at about the same time into one, along axis 0, and gives each its
 * rows of the outputs. A joined run that fails is made again one by one: what is wrong with one costs the others nothing.
 *
 * A free first axis alone does not say that rows are independent: it may count found boxes, or a layer may look at the
 * whole batch. The first joined run is therefore compared with single ones, and when they differ no more are joined.
 *
 * @returns the session itself when not all of its inputs and outputs have a free first axis
 */
export function joinRuns(session: Session, options: JoinRunsOptions): Session {
  const { maxRows, delayMs = DEFAULT_DELAY_MS, name, log } = options
  if (maxRows < 2 || ![...session.inputs, ...session.outputs].every(hasFreeRows)) return session
  const groups = new Map<string, Group>()
  const running = new Set<Promise<void>>()
  let trust: 'unknown' | 'joins' | 'refuses' = 'unknown'

  const runSingly = async (runs: readonly Waiting[]) => {
    for (const { feeds, options: own, resolve, reject } of runs)
      await session.run(feeds, own).then(resolve, reject)
  }
  const runJoined = async (runs: readonly Waiting[]): Promise<readonly Tensors[]> => {
    const outputs = await session.run(joinRows(runs.map(({ feeds }) => feeds)))
    const rows = runs.reduce((sum, run) => sum + run.rows, 0)
    if (countRows(outputs) !== rows) throw new Error(`${rows} rows went in, and others came out`)
    let start = 0
    return runs.map((run) => sliceRows(outputs, start, (start += run.rows)))
  }
  /** Each gets the outputs of its own run: the joined one is made for the comparison. */
  const verify = async (runs: readonly Waiting[]) => {
    const parts = await runJoined(runs).catch(() => undefined)
    let isSame = parts !== undefined
    let failures = 0
    for (const [index, { feeds, options: own, resolve, reject }] of runs.entries()) {
      try {
        const outputs = await session.run(feeds, own)
        isSame &&= isSameTensors(outputs, parts?.[index] ?? {})
        resolve(outputs)
      } catch (error) {
        failures++
        reject(error)
      }
    }
    // A single run that fails says nothing of the model: its input may be at fault. Nor do inputs that are all the same:
    // what is mixed among them stays as it is.
    const [first, ...others] = runs
    const isTold = first !== undefined && others.some(({ feeds }) => !isSameTensors(feeds, first.feeds))
    if (failures > 0 || trust === 'refuses' || (isSame && !isTold)) return
    trust = isSame ? 'joins' : 'refuses'
    if (!isSame)
      log?.info(
        `Runs of the model \`${name}\` are not joined: its outputs depend on what else is in the batch`,
      )
  }
  const execute = async ({ runs }: Group) => {
    if (runs.length === 1 || trust === 'refuses') return runSingly(runs)
    if (trust === 'unknown') return verify(runs)
    try {
      const parts = await runJoined(runs)
      for (const [index, run] of runs.entries()) run.resolve(parts[index] ?? {})
    } catch (error) {
      log?.debug(`A joined run of \`${name}\` failed and is made again one by one: ${toError(error).message}`)
      await runSingly(runs)
    }
  }
  const flush = (key: string) => {
    const group = groups.get(key)
    if (group === undefined) return
    groups.delete(key)
    clearTimeout(group.timer)
    const run = execute(group)
    running.add(run)
    void run.finally(() => running.delete(run))
  }

  return {
    inputs: session.inputs,
    outputs: session.outputs,
    run(feeds, own) {
      const rows = countRows(feeds)
      if (trust === 'refuses' || rows === undefined || rows >= maxRows) return session.run(feeds, own)
      const key = shapeKey(feeds)
      if ((groups.get(key)?.rows ?? 0) + rows > maxRows) flush(key)
      const group = groups.get(key) ?? { runs: [], rows: 0, timer: setTimeout(() => flush(key), delayMs) }
      groups.set(key, group)
      group.rows += rows
      const outputs = new Promise<Tensors>((resolve, reject) => {
        group.runs.push({ feeds, rows, options: own, resolve, reject })
      })
      if (group.rows === maxRows) flush(key)
      return outputs
    },
    async release() {
      for (const key of groups.keys()) flush(key)
      await Promise.all(running)
      await session.release()
    },
  }
}

function hasFreeRows({ shape }: Session['inputs'][number]): boolean {
  return shape !== undefined && shape.length > 0 && typeof shape[0] !== 'number'
}

/** Runs that may be joined have the same one. */
function shapeKey(feeds: Tensors): string {
  return Object.entries(feeds)
    .map(([name, { type, dims }]) => `${name} ${type} ${dims.slice(1).join('x')}`)
    .toSorted()
    .join(';')
}
