import { hostname } from 'node:os'
import process from 'node:process'

/** Who works on jobs: this machine, this process, and this worker in it. */
export interface Owner extends Disposable {
  readonly name: string
}

/** Of this process. */
const living = new Set<string>()

/** Is known to live until it is disposed, or the process ends. */
export function createOwner(): Owner {
  const name = `${hostname()}/${process.pid}/${crypto.randomUUID()}`
  living.add(name)
  return { name, [Symbol.dispose]: () => void living.delete(name) }
}

/** Whether an owner is one of this machine that has ended. One of another machine is missed by its heartbeats. */
export function isOwnerGone(name: string): boolean {
  const [host, pid] = name.split('/')
  if (host !== hostname()) return false
  // Its number may have been given to this process: the first one of a container always has the same.
  if (Number(pid) === process.pid) return !living.has(name)
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
