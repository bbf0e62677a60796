import { LsmlError } from '../../errors.ts'

/** Where a model is on a server that speaks the Open Inference Protocol v2. */
export interface ModelAddress {
  /** As messages and logs show it: `kserve+http://host:8000/v2/models/name`. */
  readonly text: string
  /** Of the server, such as `http://host:8000`. */
  readonly origin: string
  /** Of the protocol, such as `http://host:8000/v2`. */
  readonly root: string
  /** Of the model, such as `http://host:8000/v2/models/name/versions/1`. */
  readonly url: string
  readonly model: string
  /** The server chooses one when there is none. */
  readonly version: string | undefined
  /** How tensors travel. @default what the server says that it can */
  readonly tensors: 'json' | 'binary' | undefined
}

const EXAMPLE = 'kserve+http://localhost:8000/models/name'

/** Whether a text is meant as the address of a model on a server. */
export function isModelAddress(text: string): boolean {
  return /^kserve\+https?:/i.test(text)
}

/**
 * `kserve+http://host:8000/models/name`, with `/versions/1` after it for one version, a path before it that leads to the
 * server, and `?tensors=json` or `?tensors=binary` for a server that does not say which it takes.
 *
 * @throws LsmlError INVALID_MODEL
 */
export function parseModelAddress(text: string): ModelAddress {
  const written = text.replace(/^kserve\+/i, '')
  if (!isModelAddress(text) || !URL.canParse(written)) throw invalid(text, 'cannot be read')
  const { username, password, origin, pathname, searchParams } = new URL(written)
  if (username !== '' || password !== '')
    throw new LsmlError(
      'INVALID_MODEL',
      `The address of the model on \`${origin}\` holds a password. Take it out, and put what the server wants to see as \`Authorization\` into LSML_MODEL_SERVER_AUTHORIZATION.`,
    )
  const [, prefix = '', model, version] =
    /^(.*?)(?:\/v2)?\/models\/([^/]+)(?:\/versions\/([^/]+))?\/?$/.exec(pathname) ?? []
  if (model === undefined) throw invalid(text, 'has no `/models/` and a name after it')
  const tensors = searchParams.get('tensors') ?? undefined
  if (tensors !== undefined && tensors !== 'json' && tensors !== 'binary')
    throw invalid(text, `has \`tensors=${tensors}\`, which is neither \`json\` nor \`binary\``)
  const root = `${origin}${prefix}/v2`
  const url = `${root}/models/${model}${version === undefined ? '' : `/versions/${version}`}`
  return {
    text: `kserve+${url}`,
    origin,
    root,
    url,
    model: decodeURIComponent(model),
    version: version === undefined ? undefined : decodeURIComponent(version),
    tensors,
  }
}

function invalid(text: string, reason: string): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The address of a model \`${text}\` ${reason}. Write it as in \`${EXAMPLE}\`, with \`/versions/1\` after it for one version.`,
  )
}
