import type { Context } from 'hono'

/** Proxies refuse longer status lines, and Label Studio shows it on one line. */
const MAX_LENGTH = 200

/** An error message as a reason phrase, which is all of an error that Label Studio shows: one line of printable ASCII. */
export function toReasonPhrase(message: string): string {
  const line = message
    .replaceAll('→', '->')
    .normalize('NFKD')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 3)}...`
}

/**
 * Sends it where the server allows: @hono/node-server, which `serve` uses too, drops `statusText` but hands over Node's
 * response, whose status message it keeps. `Bun.serve` (1.4.5) and `Deno.serve` always write the standard phrase.
 */
export function setReasonPhrase(c: Context, phrase: string): void {
  const { outgoing } = (c.env ?? {}) as { readonly outgoing?: { statusMessage?: string } }
  if (typeof outgoing === 'object') outgoing.statusMessage = phrase
}
