import { LsmlError, toError } from '../../errors.ts'
import type { StudioClient, StudioWebhook } from '../../studio/client.ts'
import { URL_REFUSED } from '../../studio/status-error.ts'
import { type Check, ok, warning } from '../doctor/check.ts'
import { sameUrl } from './register.ts'

const NAME = 'webhook'

export interface BasicAuth {
  readonly username: string
  readonly password: string
}

export interface WebhookOptions {
  /** Of the backend. */
  readonly url: string
  readonly basicAuth: BasicAuth | undefined
  /** Sent in the place of the password, which then stays with Label Studio's own calls. */
  readonly webhookSecret: string | undefined
}

/**
 * Label Studio makes a webhook together with a backend, in silence none for an address that it does not like, and never
 * with a password. Here it is made where it is missing, and given what the backend asks for.
 */
export async function ensureWebhook(
  client: StudioClient,
  project: number,
  { url, basicAuth, webhookSecret }: WebhookOptions,
): Promise<Check> {
  const address = webhookUrl(url)
  const existing = (await client.webhooks(project)).find(leadsTo(address))
  const headers = {
    ...existing?.headers,
    ...(basicAuth !== undefined && { Authorization: basicHeader(basicAuth) }),
    ...(webhookSecret !== undefined && { Authorization: `Bearer ${webhookSecret}` }),
  }
  const form = {
    url: address,
    send_payload: true,
    send_for_all_actions: true,
    is_active: true,
    headers,
  } as const
  try {
    if (existing === undefined) {
      await client.addWebhook(project, form)
      return ok(NAME, `made: ${address}`)
    }
    if (isComplete(existing, headers)) return ok(NAME, `is there: ${address}`)
    await client.updateWebhook(existing.id, form)
    return ok(NAME, `updated: ${address}`)
  } catch (error) {
    return warning(NAME, `${missing(address)} ${toError(error).message}${adviceFor(error, address)}`)
  }
}

/** The same without making one. */
export async function checkWebhook(client: StudioClient, project: number, url: string): Promise<Check> {
  const address = webhookUrl(url)
  const existing = (await client.webhooks(project)).find(leadsTo(address))
  if (existing === undefined)
    return warning(NAME, `${missing(address)} Make it with \`lsml connect\`.${plainNameAdvice(address)}`)
  if (!isComplete(existing, existing.headers ?? {}))
    return warning(
      NAME,
      `${address} is switched off, or does not send everything: run \`lsml connect\` again.`,
    )
  return ok(NAME, address)
}

export function webhookUrl(backendUrl: string): string {
  return `${backendUrl.replace(/\/+$/, '')}/webhook`
}

/** With the secret at the end of its path, or without. */
function leadsTo(address: string): (webhook: StudioWebhook) => boolean {
  return ({ url }) => sameUrl(url, address) || url.startsWith(`${address}/`)
}

function isComplete(webhook: StudioWebhook, headers: Readonly<Record<string, string>>): boolean {
  const has = webhook.headers ?? {}
  return (
    webhook.is_active &&
    webhook.send_payload &&
    webhook.send_for_all_actions &&
    Object.entries(headers).every(([name, value]) => has[name] === value)
  )
}

function missing(address: string): string {
  return `There is no webhook to \`${address}\`, so the backend does not hear of annotations; predictions work.`
}

function adviceFor(error: unknown, address: string): string {
  const isRefused = error instanceof LsmlError && URL_REFUSED.test(error.message)
  return isRefused
    ? ' Start Label Studio with SSRF_PROTECTION_ENABLED=false for backends on its own machine and network.'
    : plainNameAdvice(address)
}

/** Django takes no name without a dot for an address. */
function plainNameAdvice(address: string): string {
  const { hostname } = new URL(address)
  const isPlain = !hostname.includes('.') && hostname !== 'localhost' && !hostname.startsWith('[')
  return isPlain
    ? ` Label Studio makes none for names without a dot such as \`${hostname}\`: give the backend a name with one (in Docker Compose an alias such as \`${hostname}.local\`), or its IP address.`
    : ''
}

function basicHeader({ username, password }: BasicAuth): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
