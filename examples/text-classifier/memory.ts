import { z } from 'zod'

const memorySchema = z.array(
  z.object({
    /** Of the annotation. */
    id: z.string(),
    /** One for each control that it answers. */
    answers: z.array(z.object({ control: z.string(), text: z.string(), choices: z.array(z.string()) })),
  }),
)

/** What people answered, the oldest first: it is kept in the train output, and all of it is learnt from each time. */
export type Memory = z.output<typeof memorySchema>
export type Answer = Memory[number]['answers'][number]

export interface MemoryChange {
  /** Each replaces the one with its id. */
  readonly set: Memory
  readonly remove: ReadonlySet<string>
  readonly most: number
}

/** All texts together: a train output is sent between processes as JSON. */
const MOST_CHARACTERS = 20_000_000

export function readMemory(trainOutput: unknown): Memory {
  const parsed = z.object({ memory: memorySchema }).safeParse(trainOutput)
  return parsed.success ? parsed.data.memory : []
}

export function changeMemory(memory: Memory, { set, remove, most }: MemoryChange): Memory {
  const changed = new Map(memory.map((annotation) => [annotation.id, annotation]))
  for (const annotation of set) {
    changed.delete(annotation.id)
    changed.set(annotation.id, annotation)
  }
  for (const id of remove) changed.delete(id)
  const kept = [...changed.values()].filter(({ answers }) => answers.length > 0).slice(-most)
  let characters = 0
  const tooOld = kept.findLastIndex(({ answers }) => {
    for (const { text } of answers) characters += text.length
    return characters > MOST_CHARACTERS
  })
  return kept.slice(tooOld + 1)
}
