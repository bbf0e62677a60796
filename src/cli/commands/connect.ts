import { LsmlError } from '../../errors.ts'
import { register, type Registered } from '../connect/register.ts'
import {
  describeStudio,
  findProject,
  needStudio,
  PROJECT_FLAG,
  STUDIO_FLAGS,
  toProject,
} from '../connect/studio-flags.ts'
import { checkTestPrediction } from '../connect/test-prediction.ts'
import { type BasicAuth, ensureWebhook } from '../connect/webhook.ts'
import { createCommand } from '../command.ts'
import { type Check, failed, ok, renderCheck } from '../doctor/check.ts'
import { type Environment, readVariable } from '../environment.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'

const FLAGS = {
  url: {
    type: 'string',
    required: true,
    valueHint: 'url',
    description: 'Of this backend, as Label Studio reaches it, such as http://localhost:9090',
    group: 'Backend',
  },
  title: {
    type: 'string',
    valueHint: 'text',
    description: 'What the project calls it (default: lsml)',
    group: 'Backend',
  },
  interactive: {
    type: 'boolean',
    description: 'Ask it also while a person draws with a smart tool',
    group: 'Backend',
  },
  'train-on-submit': {
    type: 'boolean',
    description: 'Start training whenever an annotation is submitted',
    group: 'Backend',
  },
  'basic-auth-user': {
    type: 'string',
    valueHint: 'name',
    description: 'The name that the backend asks for …',
    group: 'Backend',
    env: ['BASIC_AUTH_USER'],
  },
  'basic-auth-pass': {
    type: 'string',
    valueHint: 'password',
    description: '… and the password; better given in the environment, where nobody sees it',
    group: 'Backend',
    env: ['BASIC_AUTH_PASS'],
  },
  'webhook-secret': {
    type: 'string',
    valueHint: 'text',
    description: 'What the backend asks of webhooks in the place of the password',
    group: 'Backend',
    env: ['LSML_WEBHOOK_SECRET'],
  },
  ...STUDIO_FLAGS,
  project: { ...PROJECT_FLAG, required: true },
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Registers a running backend in a project. */
export const connect = createCommand({
  about: 'Registers a running backend in a project of Label Studio, and checks each step.',
  synopsis: 'connect --url <url> --project <n> [flags]',
  examples: [
    [
      'lsml connect --url http://localhost:9090 --project 12',
      'With LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY in the environment',
    ],
    [
      'lsml connect --url http://host.docker.internal:9090 --project 12 --interactive',
      'For a Label Studio in Docker, with smart tools',
    ],
  ],
  notes: [
    [
      'A backend with the same URL is updated, and left alone when nothing differs: running it twice changes nothing.',
      'Flags that are not given leave the backend as it is.',
    ].join('\n'),
    [
      'The steps: project, backend, Label Studio says Connected, webhook, and a test prediction of a random task, which',
      'is not stored. Ends with 1 when one failed. Where the backend asks for a password, the webhook gets it, too, or the',
      'secret of --webhook-secret: Label Studio shows the headers of a webhook to whoever may change the project.',
    ].join('\n'),
    [
      'Label Studio 1.23 refuses backends on its own machine and network unless it was started with',
      'ML_BLOCK_LOCAL_IP=false and, for webhooks, SSRF_PROTECTION_ENABLED=false.',
    ].join('\n'),
  ],
  flags: FLAGS,

  async run(args) {
    const env: Environment = process.env
    const wanted = {
      url: toBackendUrl(args.url),
      title: args.title,
      isInteractive: args.interactive === true ? true : undefined,
      basicAuth: readBasicAuth(args, env),
      webhookSecret: args['webhook-secret'] || readVariable(env, 'LSML_WEBHOOK_SECRET'),
    }
    const id = toProject(args.project)
    const studio = needStudio(args, env)
    const { client } = studio
    let failures = 0
    const show = (check: Check) => {
      if (check.state === 'failed') failures++
      process.stdout.write(`${renderCheck(check)}\n`)
    }

    // What comes first is needed by all that follows: it throws.
    show(ok('Label Studio', await describeStudio(studio)))
    const project = await findProject(client, id)
    show(ok('project', `${project.id} (${project.title ?? ''})`))
    const registered = await register(client, id, wanted)
    show(stateOf(registered))
    if (args['train-on-submit'] === true && project.start_training_on_annotation_update !== true) {
      await client.updateProject(id, { start_training_on_annotation_update: true })
      show(ok('training', 'starts whenever an annotation is submitted'))
    }
    show(await ensureWebhook(client, id, wanted))
    show(await checkTestPrediction(client, id, registered.backend.id))
    return failures === 0 ? 0 : 1
  },
})

const CHANGES: Readonly<Record<Registered['change'], string>> = {
  added: 'added',
  updated: 'updated',
  none: 'is there, and nothing differs',
}

function stateOf({ backend, change }: Registered): Check {
  const {
    url,
    state,
    readable_state: readable = state,
    error_message: message,
    model_version: version,
  } = backend
  if (state === 'CO' || state === 'TR' || state === 'PR')
    return ok('backend', `${url} ${CHANGES[change]}; ${readable}, version ${version ?? 'unknown'}`)
  return failed(
    'backend',
    new Error(
      `${url} ${CHANGES[change]}, and Label Studio says ${readable}${message ? ` (${message})` : ''}. Is it running, and may Label Studio's machine reach it?`,
    ),
  )
}

/** @throws LsmlError USAGE */
function toBackendUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw usage(
      `\`${text}\` is no address of a backend. Write it with its scheme, such as \`http://localhost:9090\`.`,
    )
  if (url.username !== '' || url.password !== '')
    throw usage(
      '`--url` holds a user name, which would stand in the logs. Give `--basic-auth-user` and BASIC_AUTH_PASS.',
    )
  // Label Studio would lose the end of the path.
  if (url.search !== '' || url.hash !== '')
    throw usage(`\`${text}\` has a query or a fragment, which Label Studio does not keep. Leave it out.`)
  return text.trim().replace(/\/+$/, '')
}

function readBasicAuth(
  args: { readonly 'basic-auth-user'?: string | undefined; readonly 'basic-auth-pass'?: string | undefined },
  env: Environment,
): BasicAuth | undefined {
  const username = args['basic-auth-user'] || readVariable(env, 'BASIC_AUTH_USER')
  const password = args['basic-auth-pass'] || readVariable(env, 'BASIC_AUTH_PASS')
  if (username === undefined && password === undefined) return undefined
  if (username !== undefined && password !== undefined) return { username, password }
  const missing = username === undefined ? 'user' : 'pass'
  throw usage(
    `Basic auth lacks its other half. Give \`--basic-auth-${missing}\` too (or \`BASIC_AUTH_${missing.toUpperCase()}\`).`,
  )
}

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
