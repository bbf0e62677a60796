import { createRequire } from 'node:module'
import { dirname } from 'node:path'

const OWN = [
  'lsml',
  'lsml/bun',
  'lsml/learning',
  'lsml/protocol',
  'lsml/testing',
  'lsml/training',
  'lsml/vision',
] as const
const done = new Set<string>()

/**
 * Makes `lsml` this installation for what is imported from now on: a backend may lie anywhere, and a second copy of lsml
 * would have other classes for the same errors. zod is provided where the module finds none of its own.
 * Only Bun can do that; elsewhere imports resolve as they do.
 */
export function provideLsml(module: string): void {
  if (typeof Bun === 'undefined') return
  const own = createRequire(import.meta.url)
  const names = [...OWN, ...(finds('zod', module) ? [] : ['zod'])].filter((name) => !done.has(name))
  if (names.length === 0) return
  // Resolved before the names are taken over, or they would lead to themselves.
  const paths = names.map((name): [string, string] => [name, own.resolve(name)])
  Bun.plugin({
    name: 'lsml',
    setup(build) {
      for (const [name, path] of paths) {
        done.add(name)
        // Required and not imported, so that the module may be required too; both give the same one.
        build.module(name, () => ({ exports: own(path) as Record<string, unknown>, loader: 'object' }))
      }
    },
  })
}

function finds(name: string, module: string): boolean {
  try {
    Bun.resolveSync(name, dirname(module))
    return true
  } catch {
    return false
  }
}
