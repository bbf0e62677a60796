import { z } from 'zod'
import { isModelAddress } from '../onnx/kserve/address.ts'
import { parseManifest, readManifest } from './load-manifest.ts'
import { manifestSchema } from './manifest.ts'

/**
 * A `manifest.json` whose model is on a server of the Open Inference Protocol v2: Triton, KServe, MLServer, OpenVINO
 * Model Server. What the model needs beside it, such as `pipeline.json` or a dictionary, lies beside the manifest.
 */
const remoteManifestSchema = manifestSchema
  .omit({ file: true, sha256: true, bytes: true, url: true })
  .extend({
    engine: z.literal('kserve'),
    /** Such as `http://localhost:8000/v2/models/name`, or with `kserve+` before it. */
    url: z
      .url({ protocol: /^(kserve\+)?https?$/ })
      .transform((url) => (isModelAddress(url) ? url : `kserve+${url}`)),
  })
export type RemoteManifest = z.output<typeof remoteManifestSchema>

/**
 * @returns undefined when the manifest is that of a file
 * @throws LsmlError MODEL_NOT_FOUND, INVALID_MODEL whose issues name each wrong field
 */
export async function loadRemoteManifest(path: string): Promise<RemoteManifest | undefined> {
  const json = await readManifest(path)
  const isRemote = typeof json === 'object' && json !== null && 'engine' in json
  return isRemote ? parseManifest(remoteManifestSchema, json, path) : undefined
}
