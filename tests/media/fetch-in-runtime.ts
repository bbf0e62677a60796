import { createMediaFactory } from '../../src/media/create-media.ts'
import type { MediaProject } from '../../src/media/studios.ts'
import type { MediaSettings } from '../../src/media/settings.ts'

/** What `runtimes.test.ts` hands to another runtime, as JSON in the first argument. */
export interface FetchJob {
  readonly settings: MediaSettings
  readonly project: MediaProject
  readonly values: readonly string[]
  /** What every host name resolves to. */
  readonly address: string
}

const { settings, project, values, address } = JSON.parse(process.argv[2] ?? '') as FetchJob
const factory = createMediaFactory(settings, { lookup: async () => [{ address, family: 4 }] })
const media = factory.forProject(project)
const outcomes: string[] = []
for (const value of values) {
  outcomes.push(
    await media.bytes(value, { task: { id: 1, data: {} } }).then(
      (bytes) => new TextDecoder().decode(bytes),
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    ),
  )
}
await factory.close()
console.log(JSON.stringify(outcomes))
