import { describeStudio, findProject, openStudio, STUDIO_FLAGS } from '../connect/studio-flags.ts'
import { createCommand } from '../command.ts'
import { checkBackend } from '../doctor/backend.ts'
import { type Check, failed, ok, renderCheck, warning } from '../doctor/check.ts'
import { checkMachine } from '../doctor/machine.ts'
import { checkBackends, checkLabelingConfig, checkMedia } from '../doctor/project.ts'
import type { Environment } from '../environment.ts'
import { findBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings } from '../host-settings.ts'
import { readLabelConfig } from '../label-config.ts'
import { readRedisUrl, STORAGE_FLAGS } from '../storage.ts'
import { toInteger } from '../values.ts'

const { 'log-level': _level, 'label-studio-url': _url, ...RUN_FLAGS } = MODEL_FLAGS

const FLAGS = {
  backend: {
    type: 'positional',
    required: false,
    description:
      'a file, a folder with a backend.ts, or the name of an example that ships; its models are opened',
  },
  project: {
    type: 'string',
    valueHint: 'n',
    description: 'Also look at this project: the number in its address, /projects/12',
    group: 'Label Studio',
  },
  ...STUDIO_FLAGS,
  redis: {
    ...STORAGE_FLAGS.redis,
    description: 'Also look at this Redis, which machines share: whether it keeps what it has acknowledged',
  },
  json: { type: 'boolean', description: 'Print a list of name, state and detail', group: 'Output' },
  ...RUN_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Looks for what could keep a backend from working. */
export const doctor = createCommand({
  about: 'Checks this machine, Label Studio and a project, and says what to do where something is wrong.',
  synopsis: 'doctor [backend] [flags]',
  examples: [
    [
      'lsml doctor',
      'Versions, models, ONNX Runtime, devices, and Label Studio where LABEL_STUDIO_URL names one',
    ],
    ['lsml doctor ocr --project 12', 'Also whether the backend understands the project and reads its files'],
    ['lsml doctor --device cuda --json', 'Whether CUDA works here, for a script'],
  ],
  notes: [
    [
      'One line a check: ok, warning or FAILED, and what to do. With a project: its labeling config (tried with the',
      'backend, when one is given), the files of its first task, the backends that are registered there as Label Studio',
      'reaches them, and their webhooks. Nothing is changed. Ends with 1 when a check failed.',
    ].join('\n'),
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const id =
      args.project === undefined
        ? undefined
        : toInteger('project', args.project, [1, Number.MAX_SAFE_INTEGER])
    const backend = args.backend === undefined ? undefined : findBackend(args.backend)
    const settings = await readHostSettings({
      args,
      lists,
      env,
      folder: backend?.folder ?? process.cwd(),
      workers: 1,
    })
    const studio = openStudio(args, env)
    const redis = readRedisUrl(args, env)
    const checks: Check[] = []
    const show = (check: Check) => {
      checks.push(check)
      if (args.json !== true) process.stdout.write(`${renderCheck(check)}\n`)
    }
    /** What fails as a whole is one line, too. */
    const attempt = async (name: string, work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        show(failed(name, error))
      }
    }

    await attempt('machine', async () => {
      for await (const check of checkMachine(settings, env)) show(check)
    })
    if (redis !== undefined)
      await attempt('Redis', async () => {
        const { checkSharedStore } = await import('../doctor/redis.ts')
        show(await checkSharedStore(redis))
      })
    if (studio === undefined) {
      const needed = 'Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, or give `--label-studio-url`.'
      show(
        id === undefined
          ? warning('Label Studio', `was left out: nobody has said where it is. ${needed}`)
          : failed(
              'Label Studio',
              new Error(`Nobody has said where it is, and project ${id} lies there. ${needed}`),
            ),
      )
    } else await attempt('Label Studio', async () => show(ok('Label Studio', await describeStudio(studio))))

    if (studio !== undefined && id !== undefined && checks.at(-1)?.state === 'ok') {
      const { client, address, token } = studio
      await attempt('project', async () => {
        const project = await findProject(client, id)
        show(ok('project', `${project.id} (${project.title ?? ''})`))
        const registrations = checkBackends(client, project)
        let step = await registrations.next()
        for (; step.done !== true; step = await registrations.next()) show(step.value)
        const registered = step.value
        const media = { ...settings.media, labelStudioUrl: address, apiKey: token }
        const labelConfig = project.label_config ?? ''
        const trial = { settings: { ...settings, media }, labelConfig, project, registered }
        show(backend === undefined ? checkLabelingConfig(project) : await checkBackend({ backend, ...trial }))
        for await (const check of checkMedia(client, project, media)) show(check)
      })
    } else if (backend !== undefined) {
      await attempt('backend', async () => {
        const labelConfig = await readLabelConfig(backend.folder)
        show(
          await checkBackend({ backend, settings, labelConfig, project: undefined, registered: undefined }),
        )
      })
    }
    if (args.json === true) process.stdout.write(`${JSON.stringify(checks, undefined, 2)}\n`)
    return checks.some(({ state }) => state === 'failed') ? 1 : 0
  },
})
