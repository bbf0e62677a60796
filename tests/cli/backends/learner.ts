import { defineBackend } from '../../../src/backend.ts'

/** Learns the number that an event brings, `f1`, and predicts it as the score; below 0.5 it is held back. */
export default defineBackend({
  setup: ({ trainOutput }) =>
    (trainOutput as { readonly metrics: { readonly f1: number } } | undefined)?.metrics.f1,
  predict: (tasks, { model = 0 }) => tasks.map(() => ({ result: [], score: model })),
  fit: (_event, { events }) => ({ metrics: { f1: Number(events.at(-1)?.raw.f1) } }),
  gate: { metric: 'f1', min: 0.5 },
})
