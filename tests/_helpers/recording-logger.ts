import type { Logger } from '../../src/log.ts'

export interface RecordingLogger extends Logger {
  /** `level message`, in order. */
  readonly lines: readonly string[]
  /** Resolves with the first line, also an earlier one, that matches. */
  line(pattern: RegExp): Promise<string>
}

/** Keeps what is logged, and lets a test wait for it. */
export function createRecordingLogger(): RecordingLogger {
  const lines: string[] = []
  const waiting = new Set<{ readonly pattern: RegExp; resolve(line: string): void }>()
  const write = (level: string) => (message: string) => {
    const line = `${level} ${message}`
    lines.push(line)
    for (const waiter of waiting) {
      if (!waiter.pattern.test(line)) continue
      waiting.delete(waiter)
      waiter.resolve(line)
    }
  }
  const logger: RecordingLogger = {
    lines,
    line: (pattern) =>
      new Promise((resolve) => {
        const known = lines.find((line) => pattern.test(line))
        if (known === undefined) waiting.add({ pattern, resolve })
        else resolve(known)
      }),
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    with: () => logger,
  }
  return logger
}
