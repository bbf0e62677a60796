import { isIP } from 'node:net'
import type { ModelStatus } from '../runner/runner.ts'
import { table } from './usage.ts'

export interface BannerFacts {
  /** Of lsml. */
  readonly version: string
  readonly backend: { readonly name: string; readonly version: string; readonly file: string }
  readonly url: string
  /** The address that was asked for. */
  readonly host: string
  readonly device: string
  readonly workers: number
  readonly threads: number
  /** Of basic auth; undefined without. */
  readonly user: string | undefined
  /** Those that are open by now. */
  readonly models: readonly ModelStatus[]
}

/** What a person needs to know once the server listens: where to connect, what runs, what is missing. */
export function renderBanner(facts: BannerFacts): string {
  const { version, backend, url, workers, threads, user } = facts
  const facing = reachOf(facts.host)
  const pasted = facing === 'all' ? url.replace(/\/\/[^/]+:/, '//localhost:') : url
  const rows: readonly (readonly [string, string])[] = [
    ['URL', pasted],
    ['Backend', `${backend.name} ${backend.version} (${backend.file})`],
    ['Device', deviceLine(facts)],
    ...facts.models.map((model): [string, string] => ['Model', modelLine(model)]),
    ['Workers', `${workers} × ${threads} ${threads === 1 ? 'thread' : 'threads'}`],
    ['Sign-in', user === undefined ? 'none' : `basic auth as ${user}`],
  ]
  const hints = [
    'In Label Studio: Settings → Model → Connect Model, and paste the URL.',
    facing === 'self'
      ? 'For a Label Studio in Docker start with --host 0.0.0.0, and paste http://host.docker.internal:' +
        `${new URL(url).port} there.`
      : `From a Label Studio in Docker: ${pasted.replace(/\/\/[^/]+:/, '//host.docker.internal:')}`,
    ...(facing !== 'self' && user === undefined
      ? [
          `Warning: ${facts.host} is reachable from other machines and nobody has to sign in.`,
          'Give --basic-auth-user and --basic-auth-pass (or their variables), or listen on 127.0.0.1.',
        ]
      : []),
  ]
  return `\nlsml ${version}\n\n${table(rows).map(indent).join('\n')}\n\n${hints.map(indent).join('\n')}\n\n`
}

function deviceLine({ device, models }: BannerFacts): string {
  const [first] = models
  if (first === undefined) return `${device} asked for; the models are opened with the first task`
  const used = [...new Set(models.map((model) => model.device))].join(', ')
  const passed = first.fellAway.map((each) => `${each.device}: ${each.reason}`)
  return `${used} (${device} asked for${passed.length > 0 ? `; not ${passed.join('; not ')}` : ''})`
}

function modelLine({ name, loadMs, bytes }: ModelStatus): string {
  return `${name}, opened in ${Math.round(loadMs)} ms, about ${(bytes / 1024 ** 2).toFixed(1)} MB`
}

/** `self`: only this machine. `all`: every address of it. `one`: an address that others see. */
function reachOf(host: string): 'self' | 'all' | 'one' {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return 'self'
  return host === '0.0.0.0' || host === '::' ? 'all' : 'one'
}

function indent(line: string): string {
  return `  ${line}`
}
