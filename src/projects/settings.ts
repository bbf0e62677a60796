import type { MediaSettings } from '../media/settings.ts'
import type { BatchingOptions } from '../onnx/batching/join-runs.ts'
import type { ModelServerOptions } from '../onnx/kserve/client.ts'

/** How a backend is run, in whichever process: plain data, so that it can be sent to a worker. */
export interface HostSettings {
  /**
   * For models that name none. Under worker processes it may be a list, such as `cuda:0,1`: each worker gets one.
   *
   * @default 'auto'
   */
  readonly device?: string | undefined
  /** Threads inside one operator. @default 1 */
  readonly threads?: number | undefined
  /** Bytes of models that stay open although nobody uses them. @default 1 GiB */
  readonly modelMemory?: number | undefined
  /** Folders of models, looked through before the ones that ship. */
  readonly modelDirectories?: readonly string[] | undefined
  /** Joins what is asked of a model at the same time. @default nothing is joined */
  readonly batching?: BatchingOptions | undefined
  readonly modelServers?: ModelServersSettings | undefined
  readonly media?: MediaSettings | undefined
  /** Parameters from outside the project, weakest first: the config file, the environment, `--with`. */
  readonly params?: readonly ParamLayer[] | undefined
  /**
   * Folder of what is kept of the projects: `projects/<project>` in it has the copies of their tasks.
   *
   * @default nothing is kept
   */
  readonly dataDir?: string | undefined
  /**
   * Milliseconds that the state of a version which was replaced stays open after its last use, for predictions that began
   * with it. @default 10 000
   */
  readonly lingerMs?: number | undefined
  /** Projects whose state is kept at once; the least recently used goes first. @default 16 */
  readonly maxStates?: number | undefined
}

export interface ModelServersSettings extends ModelServerOptions {
  /**
   * Servers that projects may name in addresses of models, such as `http://localhost:8000`, beside those in `params`.
   *
   * @default none
   */
  readonly origins?: readonly string[] | undefined
}

/** Unchecked values and where they come from, which is what an error names. */
export interface ParamLayer {
  /** Such as `lsml.config.json`, `the environment` or `--with`. */
  readonly source: string
  readonly values: Readonly<Record<string, unknown>>
  /** Names that can be given in the same place and are read elsewhere, for what is said about an unknown one. */
  readonly alsoKnown?: readonly string[]
}
