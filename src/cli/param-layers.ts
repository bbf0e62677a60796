import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LsmlError } from '../errors.ts'
import type { ParamLayer } from '../projects/settings.ts'
import type { Environment } from './environment.ts'
import { readJsonFile } from './json-file.ts'

const CONFIG_FILE = 'lsml.config.json'
const PREFIX = 'LSML_PARAM_'
const HOST_KEYS = ['device', 'image_dir'] as const

export interface OutsideParams {
  /** Weakest first. */
  readonly layers: readonly ParamLayer[]
  /** Settings of the host that are given among the params since the Python backend. */
  readonly device: string | undefined
  readonly imageDir: string | undefined
}

/**
 * The parameters that come from outside a project: `lsml.config.json` beside the backend, `LSML_PARAM_*`, `--with`.
 * `device` and `image_dir` among them are the flags of these names.
 *
 * @param pairs of `--with`, each `key=value`
 * @throws LsmlError USAGE
 */
export async function readParamLayers(
  folder: string,
  env: Environment,
  pairs: readonly string[],
): Promise<OutsideParams> {
  const layers = [
    { source: CONFIG_FILE, values: await configFile(join(folder, CONFIG_FILE)) },
    { source: 'the environment', values: environmentParams(env) },
    { source: '--with', values: Object.fromEntries(pairs.map(splitPair)) },
  ]
  const strongest = (key: (typeof HOST_KEYS)[number]) => {
    const value = layers.findLast(({ values }) => Object.hasOwn(values, key))?.values[key]
    return value === undefined ? undefined : String(value)
  }
  return {
    device: strongest('device'),
    imageDir: strongest('image_dir'),
    layers: layers
      .map(({ source, values }) => ({ source, values: withoutHostKeys(values) }))
      .filter(({ values }) => Object.keys(values).length > 0),
  }
}

function withoutHostKeys(values: ParamLayer['values']): ParamLayer['values'] {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !HOST_KEYS.some((own) => own === key)))
}

async function configFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) return {}
  const content = await readJsonFile(path)
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content }
  throw new LsmlError('USAGE', `\`${path}\` is no object of parameters. Write \`{ "name": "value" }\`.`)
}

/** `LSML_PARAM_SCORE_THRESHOLD` is `score_threshold`; a name with small letters is taken as it stands. */
function environmentParams(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([variable, value]) => {
      if (!variable.startsWith(PREFIX) || value === undefined) return []
      const name = variable.slice(PREFIX.length)
      return [[name === name.toUpperCase() ? name.toLowerCase() : name, value]]
    }),
  )
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
