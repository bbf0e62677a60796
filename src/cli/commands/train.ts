import { relative } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { createLogger } from '../../log.ts'
import { createProcessRunner } from '../../runner/processes.ts'
import { createTrainer } from '../../server/create-trainer.ts'
import { createCommand } from '../command.ts'
import { type Environment } from '../environment.ts'
import { findBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags, MODEL_FLAGS, STARTED_BACKEND_FLAG } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { packageVersion } from '../package.ts'
import { drainOnSignals } from '../signals.ts'
import { describeStorage, openStorage, readStorage } from '../storage.ts'
import { readTrainingOptions, TRAINING_FLAGS } from '../training-flags.ts'
import { table } from '../usage.ts'

const FLAGS = {
  backend: STARTED_BACKEND_FLAG,
  ...TRAINING_FLAGS,
  ...MODEL_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Trains until a signal ends it. */
export const train = createCommand({
  about: 'Trains for the servers of a backend, and serves nothing.',
  synopsis: 'train <backend> [flags]',
  examples: [
    [
      'lsml train backend.ts --redis redis://redis:6379',
      'A worker that learns; servers are started with the same --redis and --training-concurrency 0',
    ],
    [
      'lsml train backend.ts --redis redis://redis:6379 --files s3://models/cats',
      'What is learnt goes into a bucket, where no folder is shared',
    ],
    ['lsml train backend.ts', 'For a server on this machine, with the same --data-dir'],
  ],
  notes: [
    [
      'Start as many as there is to learn at once: a project is learnt by one of them at a time. One that is ended gives',
      'its training back; one that dies is noticed within 30 s, and another begins its training again.',
    ].join('\n'),
    [
      'What servers were told of a project, such as its labeling config, reaches it through the store. For tasks and files',
      'of Label Studio give it LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY, too.',
    ].join('\n'),
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const backend = findBackend(args.backend)
    const storage = readStorage(args, env, backend)
    const { isElsewhere, ...training } = readTrainingOptions(args)
    if (isElsewhere === true)
      throw new LsmlError(
        'USAGE',
        '`lsml train` with `--training-concurrency 0` would do nothing. Give 1 or more.',
      )
    const { dataDir } = storage
    const read = await readHostSettings({ args, lists, env, folder: backend.folder, workers: 1 })
    const settings = { ...read, dataDir, media: { ...read.media, trustSetup: false } }
    const logLevel = readLogLevel(args)
    const log = createLogger(logLevel)
    const { module, name } = backend
    const runner = await createProcessRunner({ module, name, workers: 1, settings, log, logLevel })
    try {
      if (!runner.info.canFit)
        throw new LsmlError(
          'USAGE',
          `\`${args.backend}\` does not learn: it has no \`fit\`. There is nothing to train.`,
        )
      const { store, files } = await openStorage(storage, { log, isNew: true })
      const trainer = createTrainer({ ...training, runner, store, files, dataDir, log })
      const stopped = drainOnSignals(() => trainer.close())
      await trainer.start()
      process.stderr.write(
        banner([
          ['Trains', `${runner.info.name} ${runner.info.version} (${relative(process.cwd(), module)})`],
          ['Learns in', describeStorage(storage)],
          ['At once', String(training.concurrency ?? 1)],
        ]),
      )
      await stopped.done
      return 0
    } catch (error) {
      await runner.close({ graceMs: 0 })
      throw error
    }
  },
})

function banner(rows: readonly (readonly [string, string])[]): string {
  const lines = table(rows).map((line) => `  ${line}`)
  return `\nlsml ${packageVersion()}\n\n${lines.join('\n')}\n\n`
}
