import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'

// Keeps something in a store, and prints what another one that is opened on the same file finds.
const [path = ''] = process.argv.slice(2)
const event = { project: '1', action: 'ANNOTATION_CREATED', annotations: 1, receivedAt: 1 } as const
const store = await openSqliteStore(path)
await Promise.all(['a', 'b', 'c'].map((body) => store.addEvent({ ...event, body })))
const job = await store.createJob('1', 2)
await store.claimJob('me', 3)
await store.finishJob(job?.id ?? '', 'me', {
  now: 4,
  version: {
    id: 'v1',
    trainOutput: '{"a":1}',
    files: [{ path: 'x', bytes: 2 ** 40, sha256: 'y' }],
    metrics: { f1: 0.5 },
    fingerprint: 'f',
    parent: undefined,
    createdAt: 1_764_000_000_000,
  },
})
await store.addEvent({ ...event, body: 'd' })
const other = await openSqliteStore(path)
const told = new Promise((resolve) => other.watch(resolve))
await store.activateVersion('1', undefined)
// Its timer alone keeps no process alive.
const alive = setInterval(() => {}, 1_000)
await told
clearInterval(alive)
process.stdout.write(
  JSON.stringify({
    events: (await other.eventsOfJob(job?.id ?? '')).map(({ body }) => body),
    counts: await other.counts(),
    jobs: (await other.listJobs()).map(({ state, version }) => [state, version]),
    versions: await other.listVersions(),
    again: await other.createJob('1', 5).then((made) => made?.events),
  }),
)
await other.close()
await store.close()
