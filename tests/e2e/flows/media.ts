import { expect, test } from 'bun:test'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createEmptyProject, type EmptyProject } from '../label-studio/project.ts'
import type { Release } from '../label-studio/find.ts'
import { startRecorder } from '../recorder/start.ts'
import { type Flow, PAGE, TEXT, testWith, testWithout } from './flow.ts'

const page = Bun.file(join(import.meta.dir, 'page.png'))
/** Of `page.png`. */
const SIZE = { original_width: 60, original_height: 40 }

/** Where a task's text or picture comes from. */
export function testMedia(release: Release, flow: () => Flow): void {
  const valuesOf = (project: EmptyProject) =>
    flow()
      .recorder.calls('predict', project.id)
      .flatMap(({ tasks }) => tasks.map(({ values }) => values[0]))

  test('an uploaded picture is fetched with the token that Label Studio gives', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, PAGE)
    await project.add(page)
    await project.connect(recorder.url)
    await project.retrieve()
    expect(valuesOf(project)).toEqual([expect.stringMatching(/^\/data\/upload\/\d+\/.+page\.png$/)])
    expect(await project.predictions()).toMatchObject([{ result: [SIZE] }])
  })

  testWith(release, 'local files for tokens')(
    'a picture of local storage is fetched from Label Studio',
    async () => {
      const { studio, recorder } = flow()
      const project = await withLocalFile()
      await project.connect(recorder.url)
      await project.retrieve()
      expect(valuesOf(project)).toEqual([`${studio.url}/data/local-files/?d=pages/page%20one.png`])
      expect(await project.predictions()).toMatchObject([{ result: [SIZE] }])
    },
  )

  testWithout(release, 'local files for tokens')(
    'a picture of local storage, which Label Studio gives to browsers only, is read from its folder',
    async () => {
      const { studio, recorder, localFiles } = flow()
      const project = await withLocalFile()
      const { id } = await project.connect(recorder.url)
      await project.retrieve()
      expect(valuesOf(project)).toEqual([`${studio.url}/data/local-files/?d=pages/page%20one.png`])
      expect(await project.predictions()).toEqual([])
      expect(recorder.stderr()).toContain('LOCAL_FILES_DOCUMENT_ROOT')

      await using withFolder = await startRecorder({ env: { LOCAL_FILES_DOCUMENT_ROOT: localFiles } })
      await studio.api.patch(`/api/ml/${id}`, { url: withFolder.url, project: project.id })
      await project.retrieve()
      expect(await project.predictions()).toMatchObject([{ result: [SIZE] }])
    },
  )

  /** A project with one task, which a storage of local files has made. */
  async function withLocalFile(): Promise<EmptyProject> {
    const { studio, localFiles } = flow()
    const folder = join(localFiles, 'pages')
    mkdirSync(folder)
    cpSync(join(import.meta.dir, 'page.png'), join(folder, 'page one.png'))
    const project = await createEmptyProject(studio.api, PAGE)
    const storage = { project: project.id, path: folder, use_blob_urls: true, regex_filter: '.*png' }
    const { id } = await studio.api.post<{ id: number }>('/api/storages/localfiles', storage)
    await studio.api.post(`/api/storages/localfiles/${id}/sync`)
    expect(await project.tasks()).toHaveLength(1)
    return project
  }

  test('a picture of another server is fetched from there, without the token of Label Studio', async () => {
    const { studio } = flow()
    const asked: Record<string, string | null>[] = []
    await using server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch(request) {
        asked.push({
          path: new URL(request.url).pathname,
          authorization: request.headers.get('authorization'),
        })
        return new Response(page)
      },
    })
    await using recorder = await startRecorder({ flags: ['--allow-host', '127.0.0.1'] })
    const project = await createEmptyProject(studio.api, PAGE)
    await project.add([{ data: { image: `${server.url.href}scans/1.png` } }])
    await project.connect(recorder.url)
    await project.retrieve()
    expect(await project.predictions()).toMatchObject([{ result: [SIZE] }])
    expect(asked).toEqual([{ path: '/scans/1.png', authorization: null }])
  })

  test('a task of a plain text file is its text', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    await project.add(
      new File(['my parcel is late\nthe bill is wrong\n'], 'texts.txt', { type: 'text/plain' }),
    )
    await project.connect(recorder.url)
    await project.retrieve()
    expect(valuesOf(project)).toEqual(['my parcel is late', 'the bill is wrong'])
    expect(await project.predictions()).toHaveLength(2)
  })

  test('with a wrong token nothing is stored, and the log names the token', async () => {
    const { studio } = flow()
    const wrong = 'deadbeef'.repeat(5)
    await using recorder = await startRecorder({ env: { LABEL_STUDIO_API_KEY: wrong } })
    const project = await createEmptyProject(studio.api, PAGE)
    await project.add(page)
    await project.connect(recorder.url)
    await project.retrieve()
    expect((await project.predictions()).flatMap(({ result }) => result)).toEqual([])
    expect(recorder.stderr()).toContain('LABEL_STUDIO_API_KEY')
    expect(recorder.stderr()).not.toContain(wrong)
  })

  testWith(release, 'personal access tokens')(
    'where the token that Label Studio gives is disabled, the log says so, and a personal access token reads the picture',
    async () => {
      const { studio, recorder } = flow()
      const env = { LABEL_STUDIO_API_KEY: studio.api.personalAccessToken }
      await using withToken = await startRecorder({ env })
      await studio.api.allowLegacyTokens(false)
      try {
        const project = await createEmptyProject(studio.api, PAGE)
        await project.add(page)
        const { id } = await project.connect(recorder.url)
        await project.retrieve()
        expect(await project.predictions()).toEqual([])
        expect(recorder.stderr()).toContain('legacy token')

        await studio.api.patch(`/api/ml/${id}`, { url: withToken.url, project: project.id })
        await project.retrieve()
        expect(await project.predictions()).toMatchObject([{ result: [SIZE] }])
      } finally {
        await studio.api.allowLegacyTokens(true)
      }
    },
  )
}
