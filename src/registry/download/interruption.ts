/** Why a download stopped that may go on when it is asked for again. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** When the server wants to be asked again. */
  readonly retryAfterMs: number | undefined

  constructor(reason: string, options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(reason, options)
    this.retryAfterMs = options.retryAfterMs
  }
}
