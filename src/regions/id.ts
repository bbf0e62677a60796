/** A new region id: unique, and made of letters, digits and `-` only, because the editor splits ids at `#` and `@`. */
export function regionId(): string {
  return crypto.randomUUID()
}
