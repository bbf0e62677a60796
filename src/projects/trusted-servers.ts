import { isModelAddress, parseModelAddress } from '../onnx/kserve/address.ts'
import type { HostSettings } from './settings.ts'

/**
 * Origins of the model servers that addresses may name: those of the settings, and those of addresses among the
 * parameters from outside the projects. Whoever gives these runs the server, and chooses what it connects to.
 */
export function trustedServers({ modelServers, params = [] }: HostSettings): readonly string[] {
  const addresses = params
    .flatMap(({ values }) => Object.values(values).flatMap(textsIn))
    .filter(isModelAddress)
  return [...(modelServers?.origins ?? []), ...addresses.flatMap(originOf)]
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

function originOf(address: string): readonly string[] {
  try {
    return [parseModelAddress(address).origin]
  } catch {
    // What is wrong with it is told when it is opened.
    return []
  }
}
