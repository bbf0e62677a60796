import { isIP } from 'node:net'
import type { ModelStatus } from '../runner/runner.ts'
import { table } from './usage.ts'

export interface BannerFacts {
  /** Of lsml. */
  readonly version: string
  readonly backend: { readonly name: string; readonly version: string; readonly file: string }
  /** That can be pasted; see `reachableUrl`. */
  readonly url: string
  /** The address that was asked for. */
  readonly host: string
  readonly device: string
  readonly workers: number
  readonly threads: number
  /** Of basic auth; undefined without. */
  readonly user: string | undefined
  readonly hasWebhookSecret: boolean
  /** Where what is learnt is kept; undefined of a backend that does not learn. */
  readonly learnsIn: string | undefined
  /** Those that are open by now. */
  readonly models: readonly ModelStatus[]
  /** A project was set up: what is not open now is not needed. */
  readonly isChecked: boolean
}

/** What a person needs to know once the server listens: where to connect, what runs, what is missing. */
export function renderBanner(facts: BannerFacts): string {
  const { version, backend, url, workers, threads, user } = facts
  const facing = reachOf(facts.host)
  const rows: readonly (readonly [string, string])[] = [
    ['URL', url],
    ['Backend', `${backend.name} ${backend.version} (${backend.file})`],
    ['Device', deviceLine(facts)],
    ...facts.models.map((model): [string, string] => ['Model', modelLine(model)]),
    ['Workers', `${workers} × ${threads} ${threads === 1 ? 'thread' : 'threads'}`],
    ...(facts.learnsIn === undefined ? [] : [['Learns in', facts.learnsIn] as const]),
    ['Sign-in', signIn(facts)],
  ]
  const hints = [
    'In Label Studio: Settings → Model → Connect Model, and paste the URL.',
    'From 1.23 on it refuses backends at private addresses unless it was started with ML_BLOCK_LOCAL_IP=false.',
    facing === 'self'
      ? `For a Label Studio in Docker start with --host 0.0.0.0, and paste ${withHost(url, 'host.docker.internal')} there.`
      : `From a Label Studio in Docker: ${withHost(url, 'host.docker.internal')}`,
    ...(facing !== 'self' && user === undefined
      ? [
          `Warning: ${facts.host} is reachable from other machines and nobody has to sign in.`,
          'Give --basic-auth-user and --basic-auth-pass (or their variables), or listen on 127.0.0.1.',
        ]
      : []),
  ]
  return `\nlsml ${version}\n\n${table(rows).map(indent).join('\n')}\n\n${hints.map(indent).join('\n')}\n\n`
}

/** The URL of a server on this machine: of one that listens on all addresses, `localhost` is as good as any. */
export function reachableUrl(url: string, host: string): string {
  return reachOf(host) === 'all' ? withHost(url, 'localhost') : url
}

function signIn({ user, hasWebhookSecret }: BannerFacts): string {
  const password = user === undefined ? 'none' : `basic auth as ${user}`
  return hasWebhookSecret ? `${password}; webhooks with their secret` : password
}

function withHost(url: string, host: string): string {
  const { port } = new URL(url)
  return port === '' ? `http://${host}` : `http://${host}:${port}`
}

function deviceLine({ device, models, isChecked }: BannerFacts): string {
  const [first] = models
  if (first === undefined)
    return `${device} asked for; ${isChecked ? 'the backend opened no models' : 'the models are opened with the first task'}`
  const used = [...new Set(models.map((model) => model.device))].join(', ')
  const passed = first.fellAway.map((each) => `${each.device}: ${each.reason}`)
  return `${used} (${device} asked for${passed.length > 0 ? `; not ${passed.join('; not ')}` : ''})`
}

function modelLine({ name, loadMs, bytes }: ModelStatus): string {
  return `${name}, opened in ${Math.round(loadMs)} ms, about ${(bytes / 1024 ** 2).toFixed(1)} MB`
}

/** Who reaches an address. `self`: only this machine. `all`: every address of it. `one`: an address that others see. */
export function reachOf(host: string): 'self' | 'all' | 'one' {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return 'self'
  return host === '0.0.0.0' || host === '::' ? 'all' : 'one'
}

function indent(line: string): string {
  return `  ${line}`
}
