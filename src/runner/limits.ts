/** For work to end by itself after its deadline, at which its signal is aborted. */
export const OVERRUN_MS = 1_000
/** For one `setup`, which may open large models; the requests that wait for it have their own deadlines. */
export const SET_UP_TIMEOUT_MS = 600_000
/** For a worker to load the backend's module. */
export const START_TIMEOUT_MS = 120_000
/** Of `Runner.close`. */
export const DEFAULT_GRACE_MS = 10_000
/** Pieces of work that one worker has at once so that their runs can be joined: each holds its images in memory. */
export const MAX_JOINED_WORK = 8
