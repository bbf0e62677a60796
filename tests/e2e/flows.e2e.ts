import { afterAll, beforeAll, describe } from 'bun:test'
import { tempDir } from '../_helpers/temp-dir.ts'
import { testBackends } from './flows/backends.ts'
import type { Flow } from './flows/flow.ts'
import { testLearning } from './flows/learning.ts'
import { testMedia } from './flows/media.ts'
import { testPages } from './flows/pages.ts'
import { testPredictions } from './flows/predictions.ts'
import { testSmartTools } from './flows/smart-tools.ts'
import { findLabelStudio, RELEASES } from './label-studio/find.ts'
import { startLabelStudio } from './label-studio/start.ts'
import { startRecorder } from './recorder/start.ts'

for (const release of RELEASES) {
  const found = await findLabelStudio(release)
  const skipped = 'absent' in found ? ` (skipped: ${found.absent})` : ''

  describe.skipIf('absent' in found)(`Label Studio ${release.version}${skipped}`, () => {
    const cleanUp = new AsyncDisposableStack()
    let flow: Flow

    beforeAll(async () => {
      const localFiles = cleanUp.use(tempDir()).path
      const env = { LOCAL_FILES_SERVING_ENABLED: 'true', LOCAL_FILES_DOCUMENT_ROOT: localFiles }
      const executable = 'executable' in found ? found.executable : ''
      const studio = cleanUp.use(await startLabelStudio(executable, { env }))
      const recorder = cleanUp.use(await startRecorder())
      flow = { release, studio, recorder, localFiles }
    }, 300_000)

    afterAll(() => cleanUp.disposeAsync(), 60_000)

    testBackends(release, () => flow)
    testPredictions(release, () => flow)
    testMedia(release, () => flow)
    testSmartTools(() => flow)
    testLearning(release, () => flow)
    testPages(release, () => flow)
  })
}
