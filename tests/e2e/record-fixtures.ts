/**
 * Records what each release of Label Studio sends to a backend: `bun tests/e2e/record-fixtures.ts`. The requests go to
 * `tests/fixtures/label-studio/<version>/`, without what differs from run to run; `tests/server/recorded.test.ts` sends
 * them to the app again.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { until } from '../_helpers/until.ts'
import { TEXT, texts } from './flows/flow.ts'
import { findLabelStudio, RELEASES } from './label-studio/find.ts'
import { createEmptyProject } from './label-studio/project.ts'
import { type LabelStudio, startLabelStudio } from './label-studio/start.ts'
import { startRecorder } from './recorder/start.ts'
import { type RecordedRequest, startProxy } from './recorder/proxy.ts'
import { withoutSecrets } from './recorder/without-secrets.ts'

const fixtures = resolve(import.meta.dir, '../fixtures/label-studio')

for (const release of RELEASES) {
  const found = await findLabelStudio(release)
  if ('absent' in found) throw new Error(found.absent)
  await using studio = await startLabelStudio(found.executable)
  await using recorder = await startRecorder()
  await using proxy = startProxy(recorder.url)
  await act(studio, proxy.url, (route) => until(`request ${route}`, () => proxy.has(route)))
  const folder = join(fixtures, release.version)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = new Set<string>()
  for (const request of proxy.requests) {
    const name = nameOf(request)
    // Label Studio asks for health and setup again and again: the first of a kind will do.
    if (names.has(name)) continue
    names.add(name)
    const hosts = { 'localhost:8080': new URL(studio.url).host, 'localhost:9090': new URL(proxy.url).host }
    await Bun.write(join(folder, `${name}.http`), withoutSecrets(toText(request), hosts))
  }
  process.stdout.write(`${release.version}: ${[...names].join(', ')}\n`)
}

/** All that makes Label Studio ask a backend, or tell it something. */
async function act(
  studio: LabelStudio,
  url: string,
  has: (route: string) => Promise<unknown>,
): Promise<void> {
  const { api } = studio
  const project = await createEmptyProject(api, TEXT)
  await project.add(texts(2))
  const backend = await project.connect(url.replace('http://', 'http://ls:secret@'), {
    extra_params: '{"note": "from the form"}',
  })
  const tasks = await project.add(texts(2))
  await project.retrieve(tasks.slice(0, 3))
  await project.draw(backend, tasks[0] ?? 0, [
    { id: 'd1', from_name: 'topic', to_name: 'text', type: 'choices', value: { choices: ['Billing'] } },
  ])
  const region = { id: 'c1', from_name: 'topic', to_name: 'text', type: 'choices' }
  const id = await project.submit(tasks[0] ?? 0, [{ ...region, value: { choices: ['Billing'] } }])
  await project.update(id, [{ ...region, value: { choices: ['Delivery'] } }])
  await project.train(backend)
  await api.get(`/api/ml/${backend.id}/versions`).catch(() => undefined)
  await project.set({ title: 'Receipts of May' })
  const selected = { all: false, included: tasks.slice(1, 2) }
  await api.post(`/api/dm/actions?id=predictions_to_annotations&project=${project.id}`, {
    project: project.id,
    selectedItems: selected,
    // The name under which the form lists the version.
    model_version: '1.0.0',
  })
  await project.remove(id)
  await api.post(`/api/dm/actions?id=delete_tasks&project=${project.id}`, {
    project: project.id,
    selectedItems: { all: false, included: tasks.slice(3) },
  })
  await has('webhook TASKS_DELETED')
}

/** Such as `predict-3-tasks` or `webhook-annotation-created`. */
function nameOf({ path, body }: RecordedRequest): string {
  const route = path.slice(1)
  if (body === '') return route
  const { action, tasks, params } = JSON.parse(body) as {
    action?: string
    tasks?: unknown[]
    params?: { context?: unknown }
  }
  if (action !== undefined) return `${route}-${action.toLowerCase().replaceAll('_', '-')}`
  if (tasks === undefined) return route
  return params?.context ? `${route}-interactive` : `${route}-${tasks.length}-tasks`
}

function toText({ method, path, headers, body }: RecordedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path}\n${lines.join('\n')}\n\n${body}\n`
}
