import { defineBackend } from '../../../src/backend.ts'
import { trainWith } from '../../../src/trainers/train-with.ts'

/** Its trainer and the trainer's child do not mind SIGTERM, and say who they are in the file that the message names. */
export default defineBackend({
  predict: (tasks) => tasks.map(() => ({ result: [] })),
  fit: trainWith({
    dataset: 'jsonl',
    validationShare: 0,
    command: ['sh', '-c', 'trap "" TERM; sleep 300 & echo "$$ $!" > "$0/pids"; wait; wait', '{work}'],
    graceMs: 300,
  }),
})
