import { z } from 'zod'
import type { Session, TensorInfo } from '../../onnx/session.ts'

/** Whether an output can be what a role stands for. */
export type RoleTest = (info: TensorInfo) => boolean

/**
 * The outputs of a model by role: the one with the role's name, or with that which a manifest gives. Without such a name,
 * as exporters number outputs, the only other that can be it, unless `byName`.
 *
 * @returns the names, undefined when a role has no output or more than one could be it
 */
export function findOutputs<Role extends string>(
  { outputs }: Session,
  roles: Readonly<Record<Role, RoleTest>>,
  names: Partial<Readonly<Record<NoInfer<Role>, string>>>,
  { byName = false }: { readonly byName?: boolean } = {},
): Readonly<Record<Role, string>> | undefined {
  const entries = Object.entries(roles) as [Role, RoleTest][]
  const found: Partial<Record<Role, string>> = {}
  for (const [role] of entries) {
    const named = outputs.find(({ name }) => name === (names[role] ?? role))
    if (named !== undefined) found[role] = named.name
    else if (byName || names[role] !== undefined) return undefined
  }
  for (const [role, test] of entries) {
    found[role] ??= onlyOne(outputs, (info) => test(info) && !Object.values(found).includes(info.name))
    const info = outputs.find(({ name }) => name === found[role])
    if (info === undefined || !test(info)) return undefined
  }
  return found as Record<Role, string>
}

/** The `outputs` of a manifest's `postprocess`: names by role, where a model has others. */
export function outputNames<const Roles extends readonly string[]>(...roles: Roles) {
  return z.partialRecord(z.enum(roles), z.string().min(1)).default({})
}

function onlyOne(outputs: readonly TensorInfo[], test: RoleTest): string | undefined {
  const [first, ...others] = outputs.filter(test)
  return others.length === 0 ? first?.name : undefined
}
