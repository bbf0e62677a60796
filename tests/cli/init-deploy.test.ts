import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lsml, pageBackend } from './_run.ts'

let parent: string
let folder: string
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'lsml-test-'))
  folder = join(parent, 'pages')
  const made = await lsml(['init', folder, '--from', pageBackend, '--deploy'])
  if (made.code !== 0) throw new Error(made.stderr)
}, 60_000)
afterAll(() => rmSync(parent, { recursive: true, force: true }))

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: Readonly<Record<string, unknown>>
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const manifests = () =>
  readdirSync(join(folder, 'deploy/kubernetes'))
    .filter((name) => name !== 'kustomization.yaml')
    .flatMap((name) => [Bun.YAML.parse(read(`deploy/kubernetes/${name}`))].flat() as Manifest[])

describe('lsml init --deploy', () => {
  test('writes what several machines need, and says where it is told', async () => {
    expect(readdirSync(join(folder, 'deploy'), { recursive: true }).map(String).toSorted()).toEqual([
      'Dockerfile.cuda',
      'README.md',
      'compose.yaml',
      'kubernetes',
      'kubernetes/autoscaling.yaml',
      'kubernetes/kustomization.yaml',
      'kubernetes/redis.yaml',
      'kubernetes/server.yaml',
      'kubernetes/trainer.yaml',
    ])
    expect(readdirSync(folder)).toContain('compose.yaml')
  })

  test('all files of Kubernetes are applied, and what refers to another has its name', () => {
    const { resources } = Bun.YAML.parse(read('deploy/kubernetes/kustomization.yaml')) as {
      readonly resources: readonly string[]
    }
    expect([...resources, 'kustomization.yaml'].toSorted()).toEqual(
      readdirSync(join(folder, 'deploy/kubernetes')).toSorted(),
    )
    const names = new Set(manifests().map(({ kind, metadata }) => `${kind} ${metadata.name}`))
    expect(names).toContain('Deployment lsml-server')
    expect(names).toContain('Deployment lsml-trainer')
    for (const { kind, spec } of manifests()) {
      const { scaleTargetRef } = spec as { readonly scaleTargetRef?: { readonly name: string } }
      if (kind === 'ScaledObject') expect(names).toContain(`Deployment ${scaleTargetRef?.name}`)
    }
    const text = read('deploy/kubernetes/server.yaml')
    expect(text).toContain('claimName: lsml-data')
    expect(names).toContain('PersistentVolumeClaim lsml-data')
    expect(text).toContain('redis://lsml-redis:6379')
    expect(names).toContain('Service lsml-redis')
  })

  test('scales by numbers that a server tells', async () => {
    const { createApp } = await import('../../src/index.ts')
    await using stack = new AsyncDisposableStack()
    const app = stack.adopt(createApp({ predict: () => [] }), (each) => each.close())
    const metrics = await (await app.request('/metrics')).text()
    const queries = manifests().flatMap(({ spec }) =>
      ((spec.triggers as { readonly metadata: { readonly query: string } }[] | undefined) ?? []).map(
        ({ metadata }) => metadata.query,
      ),
    )
    expect(queries).toHaveLength(2)
    for (const query of queries) {
      const [name = ''] = /lsml_\w+/.exec(query) ?? []
      expect(metrics).toContain(`# TYPE ${name} gauge`)
    }
    for (const state of ['queued', 'running'])
      expect(metrics).toContain(`lsml_training_jobs{state="${state}"} 0`)
  })

  test('runs commands and flags that there are', async () => {
    const commands = [...read('deploy/compose.yaml').matchAll(/command: (\["bun".*\])/g)].map(
      ([, json]) => JSON.parse(json ?? '') as string[],
    )
    expect(commands.map(([, , command]) => command)).toEqual(['start', 'train'])
    for (const [, , command = '', ...args] of commands) {
      const { stdout } = await lsml([command, '--help'])
      for (const flag of args.filter((word) => word.startsWith('--'))) expect(stdout).toContain(`${flag} `)
    }
  })
})

interface Tool {
  readonly name: string
  readonly find: () => string | null
  readonly check: (program: string) => readonly (readonly string[])[]
}

const TOOLS: readonly Tool[] = [
  {
    name: 'kubectl kustomize',
    find: () => Bun.which('kubectl'),
    check: (program) => [[program, 'kustomize', 'deploy/kubernetes']],
  },
  {
    name: 'docker-compose config',
    find: () => Bun.which('docker-compose'),
    check: (program) =>
      ['compose.yaml', 'deploy/compose.yaml'].map((file) => [program, '-f', file, 'config', '-q']),
  },
  {
    name: 'hadolint',
    find: () => Bun.which('hadolint'),
    check: (program) => [[program, 'Dockerfile', 'deploy/Dockerfile.cuda']],
  },
  {
    name: 'kubernetes-validate',
    find: () => Bun.which('kubernetes-validate'),
    check: (program) => [
      [
        program,
        '--strict',
        ...['redis', 'server', 'trainer'].map((name) => `deploy/kubernetes/${name}.yaml`),
      ],
    ],
  },
]

for (const { name, find, check } of TOOLS) {
  const program = find()
  test.skipIf(program === null)(
    `${name} finds nothing wrong`,
    async () => {
      for (const command of check(program ?? '')) {
        const child = Bun.spawn([...command], {
          cwd: folder,
          stdin: 'ignore',
          stdout: 'pipe',
          stderr: 'pipe',
        })
        const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
        expect({ code: await child.exited, said: `${stdout}\n${stderr}` }).toMatchObject({ code: 0 })
      }
    },
    60_000,
  )
}
