import { expect, test } from 'bun:test'
import { createEmptyProject } from '../label-studio/project.ts'
import type { Release } from '../label-studio/find.ts'
import { startRecorder } from '../recorder/start.ts'
import { counted } from './counted.ts'
import { type Flow, TEXT, testWith, testWithout, texts } from './flow.ts'

interface Webhook {
  readonly url: string
  readonly send_for_all_actions: boolean
  readonly send_payload: boolean
}

/** A backend is added, changed and removed. */
export function testBackends(release: Release, flow: () => Flow): void {
  const webhooksOf = (id: number) => flow().studio.api.get<Webhook[]>(`/api/webhooks/?project=${id}`)
  const backendsOf = (id: number) => flow().studio.api.get<object[]>(`/api/ml?project=${id}`)

  test('a backend that is added is asked for its health and its setup, and gets a webhook', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const asked = async () => [
      await counted(recorder.url, '/health', 'GET', 200),
      await counted(recorder.url, '/setup', 'POST', 200),
    ]
    const [health = 0, setup = 0] = await asked()
    expect(await project.connect(recorder.url)).toMatchObject({
      state: 'CO',
      model_version: '1.0.0',
      error_message: null,
    })
    // Once to look whether it will do, and once when it is kept.
    expect(await asked()).toEqual([health + 2, setup + 2])
    expect(await webhooksOf(project.id)).toMatchObject([
      { url: `${recorder.url}/webhook`, send_for_all_actions: true, send_payload: true },
    ])
  })

  test('its URL is changed; the webhook stays where it was', async () => {
    const { studio, recorder } = flow()
    await using other = await startRecorder()
    const project = await createEmptyProject(studio.api, TEXT)
    await project.add(texts(1))
    const { id } = await project.connect(recorder.url)
    const changed = await studio.api.patch(`/api/ml/${id}`, { url: other.url, project: project.id })
    expect(changed).toMatchObject({ url: other.url, state: 'CO' })
    await project.retrieve()
    expect(other.calls('predict', project.id)).toHaveLength(1)
    expect(recorder.calls('predict', project.id)).toHaveLength(0)
    expect((await webhooksOf(project.id)).map(({ url }) => url)).toEqual([`${recorder.url}/webhook`])
  })

  test('once it is removed, nothing is asked of it; its webhook stays', async () => {
    const { studio, recorder } = flow()
    const project = await createEmptyProject(studio.api, TEXT)
    const [task = 0] = await project.add(texts(1))
    const { id } = await project.connect(recorder.url)
    await studio.api.delete(`/api/ml/${id}`)
    expect(await backendsOf(project.id)).toEqual([])
    await project.retrieve()
    await project.open(task)
    expect(recorder.calls('predict', project.id)).toEqual([])
    expect(await webhooksOf(project.id)).toHaveLength(1)
  })

  const guard = ['--basic-auth-user', 'ls', '--basic-auth-pass', 'käse:1']

  testWith(release, 'fields for basic auth')(
    'a backend with a password is connected with it, and not without or with a wrong one',
    async () => {
      await using guarded = await startRecorder({ flags: guard })
      const project = await createEmptyProject(flow().studio.api, TEXT)
      await project.add(texts(1))
      const form = { auth_method: 'BASIC_AUTH', basic_auth_user: 'ls', basic_auth_pass: 'käse:1' }
      const refusal = 'authentication parameters were either not provided or are incorrect'
      await expect(project.connect(guarded.url)).rejects.toThrow(refusal)
      await expect(project.connect(guarded.url, { ...form, basic_auth_pass: 'kase:1' })).rejects.toThrow(
        refusal,
      )
      expect(await project.connect(guarded.url, form)).toMatchObject({ state: 'CO', error_message: null })
      await project.retrieve()
      expect(await project.predictions()).toHaveLength(1)
    },
  )

  testWithout(release, 'fields for basic auth')(
    'a backend with a password is connected with it in its URL, and not without or with a wrong one',
    async () => {
      await using guarded = await startRecorder({ flags: guard })
      const project = await createEmptyProject(flow().studio.api, TEXT)
      await project.add(texts(1))
      const withPassword = (password: string) =>
        guarded.url.replace('http://', `http://ls:${encodeURIComponent(password)}@`)
      await expect(project.connect(guarded.url)).rejects.toThrow('401 Client Error')
      await expect(project.connect(withPassword('kase:1'))).rejects.toThrow('401 Client Error')
      expect(await project.connect(withPassword('käse:1'))).toMatchObject({ state: 'CO' })
      await project.retrieve()
      expect(await project.predictions()).toHaveLength(1)
    },
  )
}
