/** What a line of a trainer says. */
export interface TrainerProgress {
  /** From 0 to 1. */
  readonly fraction: number | undefined
  readonly message: string | undefined
  readonly metrics: Readonly<Record<string, number>> | undefined
}

export interface ReadProgressOptions {
  /** With the named groups `step` and `total`, `percent`, `fraction`, `epoch` or `message`. */
  readonly progress?: RegExp
  readonly epochs?: number
}

/** @returns undefined for a line that says nothing of the kind */
export function readProgress(line: string, options: ReadProgressOptions = {}): TrainerProgress | undefined {
  return readJson(line) ?? readGroups(line, options)
}

function readJson(line: string): TrainerProgress | undefined {
  if (!line.startsWith('{')) return undefined
  const said = parseJson(line)
  if (said === undefined) return undefined
  const { progress, message, metrics } = said
  const measured = isRecord(metrics)
    ? Object.fromEntries(
        Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
      )
    : undefined
  if (typeof progress !== 'number' && measured === undefined) return undefined
  return {
    fraction: typeof progress === 'number' ? progress : undefined,
    message: typeof message === 'string' ? message : undefined,
    metrics: measured,
  }
}

function readGroups(line: string, { progress, epochs }: ReadProgressOptions): TrainerProgress | undefined {
  // Without what a sticky or global expression remembers of the line before.
  const groups =
    progress && new RegExp(progress.source, progress.flags.replaceAll(/[gy]/g, '')).exec(line)?.groups
  if (groups === undefined) return undefined
  const number = (name: string) => (groups[name] === undefined ? undefined : Number(groups[name]))
  const [step, total, percent, epoch] = [number('step'), number('total'), number('percent'), number('epoch')]
  const part =
    number('fraction') ??
    (percent === undefined ? undefined : percent / 100) ??
    (step === undefined || total === undefined ? undefined : step / total)
  // The first epoch has the number 1.
  const fraction = epoch === undefined || epochs === undefined ? part : (epoch - 1 + (part ?? 0)) / epochs
  if (fraction === undefined || !Number.isFinite(fraction)) return undefined
  return { fraction, message: groups.message, metrics: undefined }
}

function parseJson(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return isRecord(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
