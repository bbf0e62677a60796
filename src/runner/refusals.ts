import { LsmlError } from '../errors.ts'

/** Why a runner gives a request up. */
export const refusals = {
  stopping: () => new LsmlError('CANCELLED', 'The server is stopping.'),
  hungUp: () => new LsmlError('CANCELLED', 'Nobody waits for the answer any more.'),
  deadline: (waitedMs: number) =>
    new LsmlError(
      'DEADLINE_EXCEEDED',
      `Not finished within ${(waitedMs / 1000).toFixed(waitedMs < 10_000 ? 1 : 0)} s. Ask for fewer tasks at once, use a faster device or more workers, or raise the deadline.`,
    ),
} as const
