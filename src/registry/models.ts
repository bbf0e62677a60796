import type { Session } from '../onnx/session.ts'
import type { ModelFacts } from './manifest.ts'

export interface OpenModelOptions {
  /** `auto`, `cpu`, `cuda`, `cuda:N`, `webgpu`, `tensorrt`. @default the one that the server was started with */
  readonly device?: string | undefined
}

/** A model file with what is known about it, opened. */
export interface OpenModel {
  /** Of its manifest, of its file, or of the model on its server. */
  readonly name: string
  readonly session: Session
  /**
   * Absolute path of the model file; what lies beside it (pipeline.json, a dictionary) is found from here. Of a model on
   * a server: the path of its manifest, or its address when it has none.
   */
  readonly file: string
  /** The manifest that names the file, or the one that lies beside it; none when its family is `auto`. */
  readonly manifest: ModelFacts | undefined
  /** Names of its classes in the manifest, also where its family is `auto`; a file lies beside `file`. */
  readonly classes?: ModelFacts['classes']
  /** `metadata_props` of the ONNX file. */
  readonly metadata: Readonly<Record<string, string>>
  /** The device that was taken, such as `cuda:0`, or the server, such as `http://host:8000`. */
  readonly device: string
}

/** Models by manifest name, by path, or by address on a server. What a project opens is released when its state is disposed. */
export interface Models {
  /** @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL, MODEL_UNAVAILABLE, DEVICE_UNAVAILABLE */
  open(nameOrPath: string, options?: OpenModelOptions): Promise<OpenModel>
}
