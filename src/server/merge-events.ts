import type { LabelStudioEvent } from '../protocol/events.ts'

/**
 * Adds an event to those that wait to be learnt from. START_TRAINING says nothing that an annotation does not say, and
 * joins any of them; events of one action become one with the annotations of all. Nothing that came is lost.
 */
export function mergeEvents(
  waiting: readonly LabelStudioEvent[],
  event: LabelStudioEvent,
): readonly LabelStudioEvent[] {
  const last = waiting.at(-1)
  if (last === undefined) return [event]
  if (event.action === 'START_TRAINING') return [...waiting.slice(0, -1), withConfig(last, event.labelConfig)]
  if (last.action !== event.action && last.action !== 'START_TRAINING') return [...waiting, event]
  const merged = {
    ...withConfig(event, event.labelConfig ?? last.labelConfig),
    annotations: [...last.annotations, ...event.annotations],
    tasks: [...last.tasks, ...event.tasks],
  }
  return [...waiting.slice(0, -1), merged]
}

function withConfig(event: LabelStudioEvent, labelConfig: string | undefined): LabelStudioEvent {
  return { ...event, labelConfig: labelConfig ?? event.labelConfig }
}
