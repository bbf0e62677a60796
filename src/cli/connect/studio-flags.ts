import { LsmlError } from '../../errors.ts'
import { createStudioClient, type StudioClient } from '../../studio/client.ts'
import { parseStudioUrl, type StudioUrl, toStudioUrl } from '../../studio/studio-url.ts'
import { type Environment, readVariable } from '../environment.ts'
import type { Flag, Flags } from '../flags.ts'
import { toInteger } from '../values.ts'

/** Which Label Studio, and who lsml is there. */
export const STUDIO_FLAGS = {
  'label-studio-url': {
    type: 'string',
    valueHint: 'url',
    description: 'Where Label Studio is, such as http://localhost:8080',
    group: 'Label Studio',
    env: ['LABEL_STUDIO_URL'],
  },
  'api-key': {
    type: 'string',
    valueHint: 'token',
    description:
      'A personal access token or a legacy token; better given in the environment, where nobody sees it',
    group: 'Label Studio',
    env: ['LABEL_STUDIO_API_KEY'],
  },
} as const satisfies Flags

export interface StudioArgs {
  readonly 'label-studio-url'?: string | undefined
  readonly 'api-key'?: string | undefined
}

export interface OpenedStudio {
  /** As it may be shown. */
  readonly address: string
  readonly url: StudioUrl
  readonly token: string
  readonly client: StudioClient
}

/**
 * @returns undefined where nobody has said which Label Studio
 * @throws LsmlError USAGE for an address that is none, and for an address without a token
 */
export function openStudio(args: StudioArgs, env: Environment): OpenedStudio | undefined {
  const text = args['label-studio-url'] || readVariable(env, 'LABEL_STUDIO_URL')
  if (text === undefined) return undefined
  const url = parseStudioUrl(text)
  if (url === undefined)
    throw usage(
      `\`${text.replace(/\/\/.*@/, '//')}\` is no address of Label Studio. Write one such as \`http://localhost:8080\`, without a user name.`,
    )
  const given = args['api-key']
  const token = given || readVariable(env, 'LABEL_STUDIO_API_KEY')
  if (token === undefined)
    throw usage(
      'There is no token for Label Studio. Set LABEL_STUDIO_API_KEY to a personal access token (Account & Settings → Personal Access Token).',
    )
  const source = given ? '`--api-key`' : 'LABEL_STUDIO_API_KEY'
  return {
    address: toStudioUrl(url, ''),
    url,
    token,
    client: createStudioClient({ url, token, source }),
  }
}

/**
 * The same, for what cannot do without.
 *
 * @throws LsmlError USAGE also where nobody has said which Label Studio
 */
export function needStudio(args: StudioArgs, env: Environment): OpenedStudio {
  const studio = openStudio(args, env)
  if (studio !== undefined) return studio
  throw usage(
    'Nobody has said where Label Studio is. Give `--label-studio-url`, such as `http://localhost:8080`, or set LABEL_STUDIO_URL.',
  )
}

/** Which of its projects. */
export const PROJECT_FLAG = {
  type: 'string',
  valueHint: 'n',
  description: 'Number of the project: the one in its address, /projects/12',
  group: 'Label Studio',
} as const satisfies Flag

/** @throws LsmlError USAGE */
export function toProject(text: string): number {
  return toInteger('project', text, [1, Number.MAX_SAFE_INTEGER])
}

/** Who asks, and of which Label Studio: in the words of `lsml doctor` and `lsml connect`. */
export async function describeStudio({ client, address }: OpenedStudio): Promise<string> {
  const user = await client.whoami()
  return `Label Studio ${await client.version()} at ${address}, as ${user.email} (${KINDS[client.tokenKind]})`
}

const KINDS = {
  legacy: 'legacy token',
  refresh: 'personal access token',
  access: 'access token, which lives about 5 minutes',
} as const

/** The project, or which projects there are. @throws LsmlError NOT_FOUND and whatever the client rejects with */
export async function findProject(client: StudioClient, id: number) {
  try {
    return await client.project(id)
  } catch (error) {
    if (!(error instanceof LsmlError) || error.code !== 'NOT_FOUND') throw error
    const projects = await client.projects()
    const names = projects.slice(0, MAX_NAMES).map((each) => `${each.id} (${each.title ?? ''})`)
    const more = projects.length > MAX_NAMES ? ` and ${projects.length - MAX_NAMES} more` : ''
    throw new LsmlError(
      'NOT_FOUND',
      `There is no project ${id} that the token's owner may see. There are: ${names.join(', ') || 'none'}${more}.`,
      { cause: error },
    )
  }
}

const MAX_NAMES = 10

function usage(message: string): LsmlError {
  return new LsmlError('USAGE', message)
}
