import { relative } from 'node:path'
import { LsmlError, toError } from '../../errors.ts'
import { createLogger, type Logger } from '../../log.ts'
import { parseDevices } from '../../onnx/device.ts'
import { createProcessRunner } from '../../runner/processes.ts'
import type { Runner } from '../../runner/runner.ts'
import type { BasicAuth } from '../../server/auth.ts'
import { type App, createApp } from '../../server/app.ts'
import { type Server, serve } from '../../server/serve.ts'
import { reachableUrl, reachOf, renderBanner } from '../banner.ts'
import { createCommand } from '../command.ts'
import { type Environment, readVariable } from '../environment.ts'
import { findBackend } from '../find-backend.ts'
import { BACKEND_FLAG, COMMON_FLAGS, type Flags, MODEL_FLAGS } from '../flags.ts'
import { readHostSettings, readLogLevel } from '../host-settings.ts'
import { readLabelConfig } from '../label-config.ts'
import { packageVersion } from '../package.ts'
import { drainOnSignals } from '../signals.ts'
import { describeStorage, openStorage, readStorage, type Storage, type StorageSettings } from '../storage.ts'
import { POLICY_FLAGS, readTrainingOptions, TRAINING_FLAGS } from '../training-flags.ts'
import { toBytes, toInteger, toMilliseconds } from '../values.ts'

const FLAGS = {
  backend: BACKEND_FLAG,
  port: {
    type: 'string',
    alias: 'p',
    default: '9090',
    valueHint: 'n',
    description: 'Port to listen on; 0 takes a free one',
    group: 'Server',
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    valueHint: 'address',
    description: 'Address to listen on; 0.0.0.0 for all, which Label Studio in Docker needs',
    group: 'Server',
  },
  'basic-auth-user': {
    type: 'string',
    valueHint: 'name',
    description: 'Ask for this name …',
    group: 'Server',
    env: ['BASIC_AUTH_USER', 'ML_SERVER_BASIC_AUTH_USER'],
  },
  'basic-auth-pass': {
    type: 'string',
    valueHint: 'password',
    description: '… and this password; better given in the environment, where nobody sees it',
    group: 'Server',
    env: ['BASIC_AUTH_PASS', 'ML_SERVER_BASIC_AUTH_PASS'],
  },
  'webhook-secret': {
    type: 'string',
    valueHint: 'text',
    description:
      "What webhooks must bring, as /webhook/<text> or Authorization: Bearer <text>: Label Studio's own carry no password",
    group: 'Server',
    env: ['LSML_WEBHOOK_SECRET'],
  },
  'max-queue': {
    type: 'string',
    default: '64',
    valueHint: 'n',
    description: 'Predictions that may run or wait; more are refused',
    group: 'Server',
  },
  'body-limit': {
    type: 'string',
    default: '100MB',
    valueHint: 'size',
    description: 'Of one request; Label Studio sends all selected tasks in one',
    group: 'Server',
  },
  deadline: {
    type: 'string',
    default: '85',
    valueHint: 'seconds',
    description: 'A prediction that takes longer is ended; Label Studio gives up after 90 to 100',
    group: 'Server',
  },
  workers: {
    type: 'string',
    valueHint: 'n',
    description:
      'Processes that run the model; each holds its own copy (default: one for each device, mostly 1)',
    group: 'Server',
  },
  concurrency: {
    type: 'string',
    valueHint: 'n',
    description:
      'Pieces of work that one worker has at once; more than one pays with a model server (default: 1, or 8 with --max-batch)',
    group: 'Server',
  },
  check: {
    type: 'boolean',
    description: 'Open the models for the labeling.xml beside the backend first, and end when that fails',
    group: 'Server',
  },
  ...POLICY_FLAGS,
  ...TRAINING_FLAGS,
  ...MODEL_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Of a prediction's time that a model server gets for one answer: its silence is told before the worker is ended for it. */
const SERVER_SHARE = 0.7

/** Serves a backend until a signal ends it. */
export const start = createCommand({
  about: 'Serves a backend to Label Studio.',
  synopsis: 'start <backend> [flags]',
  examples: [
    ['lsml start ocr', 'Reads text with the models that ship, on http://127.0.0.1:9090'],
    [
      'lsml start backend.ts -p 9091 --check',
      'A backend of your own; its models are opened before it serves',
    ],
    [
      'lsml start ocr --host 0.0.0.0',
      'For a Label Studio in Docker, which connects to http://host.docker.internal:9090',
    ],
    [
      'lsml start ocr --with det_ckpt=exported/dbnet recog_ckpt=exported/crnn device=cuda',
      'Other models, on a GPU',
    ],
  ],
  notes: [
    [
      'Parameters of the backend come from, the later the stronger: its defaults, lsml.config.json beside it,',
      'LSML_PARAM_* in the environment, --with, the extra params of the project in Label Studio, and model_*',
      'attributes of its control tags.',
    ].join('\n'),
    [
      'A model on a server that speaks the Open Inference Protocol v2 (Triton, KServe, MLServer, OpenVINO Model Server)',
      'is kserve+http://host:8000/models/<name> wherever a path is; LSML_MODEL_SERVER_AUTHORIZATION in the environment is',
      'sent to it as Authorization.',
    ].join('\n'),
    [
      'Also read from the environment: LABEL_STUDIO_API_KEY (fetches uploaded files; a legacy token or a personal',
      'access token) and LOCAL_FILES_DOCUMENT_ROOT (files of local storage, read without Label Studio).',
    ].join('\n'),
    [
      'With --redis any number of servers share what they learn, behind any load balancer, and `lsml train` trains for them.',
      'A server takes a new version within 2 s. While Redis is away predictions go on, and webhooks are refused.',
    ].join('\n'),
    [
      'With --webhook-secret give a password, too: the button Start Training carries that and never the secret.',
      '`lsml connect --webhook-secret` registers the webhook so.',
    ].join('\n'),
  ],
  flags: FLAGS,

  async run(args, lists) {
    const env: Environment = process.env
    const backend = findBackend(args.backend)
    const given = args.workers === undefined ? undefined : toInteger('workers', args.workers, [1, 256])
    const deadlineMs = toMilliseconds('deadline', args.deadline)
    const read = await readHostSettings({ args, lists, env, folder: backend.folder, workers: given })
    const modelServers = { ...read.modelServers, timeoutMs: Math.round(deadlineMs * SERVER_SHARE) }
    const basicAuth = readBasicAuth(args, env)
    // Else anybody who reaches `/setup` could have the key of LABEL_STUDIO_API_KEY sent anywhere.
    const trustSetup = basicAuth !== undefined || reachOf(args.host) === 'self'
    const storage = readStorage(args, env, backend)
    const { dataDir } = storage
    const settings = { ...read, modelServers, dataDir, media: { ...read.media, trustSetup } }
    const workers = given ?? parseDevices(settings.device ?? 'auto').length
    const concurrency =
      args.concurrency === undefined ? undefined : toInteger('concurrency', args.concurrency, [1, 256])
    const logLevel = readLogLevel(args)
    const port = toInteger('port', args.port, [0, 65_535])
    const log = createLogger(logLevel)
    const options = {
      basicAuth,
      webhookSecret: args['webhook-secret'] || readVariable(env, ...FLAGS['webhook-secret'].env),
      bodyLimit: toBytes('body-limit', args['body-limit']),
      maxQueue: toInteger('max-queue', args['max-queue'], [1, 1_000_000]),
      deadlineMs,
      dataDir,
      log,
    }
    const training = readTrainingOptions(args)
    const labelConfig = args.check === true ? await readLabelConfig(backend.folder) : undefined

    const { module, name } = backend
    const runner = await createProcessRunner({
      module,
      name,
      workers,
      concurrency,
      settings,
      log,
      logLevel,
    })
    const { store, files } = await openFor(runner, storage, log)
    const app = createApp(runner, { ...options, store, training: { ...training, files } })
    // From here on a signal finds something to stop.
    const stopped = drainOnSignals(() => app.close())
    await app.started
    if (labelConfig !== undefined) {
      try {
        await runner.setUp({ id: 'check', labelConfig, version: runner.info.version })
      } catch (error) {
        await app.close()
        throw error
      }
    }
    const server = await listen(app, port, args.host)
    stopped.use(() => server.stop())
    const url = reachableUrl(server.url, args.host)
    process.stderr.write(
      renderBanner({
        version: packageVersion(),
        backend: { ...runner.info, file: relative(process.cwd(), module) },
        url,
        host: args.host,
        device: settings.device ?? 'auto',
        workers,
        threads: settings.threads ?? 1,
        user: options.basicAuth?.username,
        hasWebhookSecret: options.webhookSecret !== undefined,
        models: runner.status().flatMap(({ models }) => models),
        isChecked: labelConfig !== undefined,
        learnsIn: runner.info.canFit ? describeStorage(storage) : undefined,
      }),
    )
    // For scripts: the only line on stdout.
    if (!process.stdout.isTTY) process.stdout.write(`${url}\n`)
    await stopped.done
    return 0
  },
})

/** Of a backend that does not learn, there is nothing to keep. */
async function openFor(runner: Runner, storage: StorageSettings, log: Logger): Promise<Partial<Storage>> {
  if (!runner.info.canFit) return {}
  try {
    return await openStorage(storage, { log, isNew: true })
  } catch (error) {
    await runner.close({ graceMs: 0 })
    throw error
  }
}

async function listen(app: App, port: number, hostname: string): Promise<Server> {
  try {
    return await serve(app, { port, hostname })
  } catch (error) {
    await app.close()
    const other = port < 1024 ? 9090 : port + 1
    const advice = toError(error).message.replace(/\.$/, `, such as \`--port ${other}\`.`)
    // Not a wrong command line: the same one works when the port is free.
    throw new LsmlError('INTERNAL', advice, { cause: error })
  }
}

function readBasicAuth(
  args: { readonly 'basic-auth-user'?: string | undefined; readonly 'basic-auth-pass'?: string | undefined },
  env: Environment,
): BasicAuth | undefined {
  const username = args['basic-auth-user'] || readVariable(env, ...FLAGS['basic-auth-user'].env)
  const password = args['basic-auth-pass'] || readVariable(env, ...FLAGS['basic-auth-pass'].env)
  if (username === undefined && password === undefined) return undefined
  if (username !== undefined && password !== undefined) return { username, password }
  const [given, missing] = username === undefined ? ['password', 'user'] : ['user', 'pass']
  throw new LsmlError(
    'USAGE',
    `Basic auth has a ${given} and lacks its other half. Give \`--basic-auth-${missing}\` too (or \`BASIC_AUTH_${missing.toUpperCase()}\`).`,
  )
}
