import type { Session } from '../onnx/session.ts'
import type { Manifest } from './manifest.ts'

export interface OpenModelOptions {
  /** `auto`, `cpu`, `cuda`, `cuda:N`, `webgpu`, `tensorrt`. @default the one that the server was started with */
  readonly device?: string | undefined
}

/** A model file with what is known about it, opened. */
export interface OpenModel {
  readonly session: Session
  /** Absolute path of the model file; what lies beside it (pipeline.json, a dictionary) is found from here. */
  readonly file: string
  /** The manifest that names the file, or the one that lies beside it; none when its family is `auto`. */
  readonly manifest: Manifest | undefined
  /** `metadata_props` of the ONNX file. */
  readonly metadata: Readonly<Record<string, string>>
  /** The device that was taken, such as `cuda:0`. */
  readonly device: string
}

/** Models by manifest name or by path. What a project opens is released when its state is disposed. */
export interface Models {
  /** @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, DEVICE_UNAVAILABLE */
  open(nameOrPath: string, options?: OpenModelOptions): Promise<OpenModel>
}
