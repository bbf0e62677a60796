import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from '../log.ts'
import { type BatchingOptions, joinRuns } from './batching/join-runs.ts'
import { limitRows } from './batching/limit-rows.ts'
import type { OnnxInfo } from './inspect.ts'
import { isModelAddress } from './kserve/address.ts'
import type { ModelServerOptions } from './kserve/client.ts'
import { type DeclaredTensors, openRemoteSession } from './kserve/open-remote-session.ts'
import { type OpenedSession, openSession } from './open-session.ts'
import type { Session } from './session.ts'

export interface OpenModelOptions {
  /** For the log. */
  readonly name: string
  /** Not of a model on a server, which runs where the server wants. @default 'auto' */
  readonly device?: string | undefined
  readonly threads?: number | undefined
  /** Joins runs of all who share the session. @default not joined */
  readonly batching?: BatchingOptions | undefined
  /** For a model on a server. */
  readonly server?: ModelServerOptions | undefined
  /** What a model on a server takes and gives, for servers that do not say. */
  readonly declared?: DeclaredTensors | undefined
  readonly log?: Logger | undefined
}

export interface OpenedModel {
  readonly session: Session
  /** The device that was taken, such as `cuda:0`, or the server, such as `http://host:8000`. */
  readonly device: string
  readonly fellAway: OpenedSession['fellAway']
  /** `metadata_props` of the ONNX file; empty for a model on a server. */
  readonly metadata: Readonly<Record<string, string>>
  /** Estimated: twice the weights on disk. None of a model on a server. */
  readonly bytes: number
  /** Whether it may stay open when nobody holds it: what a server says of a model may change. */
  readonly stays: boolean
}

/**
 * ONNX Runtime keeps the weights and, for many operators, a second copy in the order that its kernels read. Resident
 * memory says it no better: it moves with everything else that the process does.
 */
const MEMORY_PER_WEIGHT = 2

/**
 * Opens a model, whichever engine runs it.
 *
 * @param file its path, or its address on a server
 * @throws LsmlError as `openSession` or `openRemoteSession`
 */
export async function openModel(file: string, options: OpenModelOptions): Promise<OpenedModel> {
  const opened = isModelAddress(file) ? await openRemote(file, options) : await openLocal(file, options)
  const { batching, name, log } = options
  if (batching === undefined) return opened
  return { ...opened, session: joinRuns(opened.session, { ...batching, name, log }) }
}

async function openLocal(file: string, { device, threads, log }: OpenModelOptions): Promise<OpenedModel> {
  const { info, ...opened } = await openSession(file, { device, threads, log })
  const bytes = MEMORY_PER_WEIGHT * (await weightBytes(file, info))
  return { ...opened, metadata: info.metadata, bytes, stays: true }
}

async function openRemote(address: string, { server, declared }: OpenModelOptions): Promise<OpenedModel> {
  const { session, device, maxRows } = await openRemoteSession(address, { ...server, declared })
  const limited = maxRows === undefined ? session : limitRows(session, maxRows)
  return { session: limited, device, fellAway: [], metadata: {}, bytes: 0, stays: false }
}

async function weightBytes(file: string, { externalData }: OnnxInfo): Promise<number> {
  const files = [file, ...externalData.map((name) => join(dirname(file), name))]
  const sizes = await Promise.all(files.map(async (each) => (await stat(each)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
