import { type LabelStudioEvent, TRAINING_ACTIONS } from './events.ts'

/**
 * Events that are learnt from together, as one: the annotations and tasks of all that were submitted. Where nothing was,
 * those that were deleted; else START_TRAINING, which says nothing by itself.
 *
 * @param events in the order in which they came; at least one that is a reason to learn
 */
export function joinEvents(events: readonly LabelStudioEvent[]): LabelStudioEvent {
  const reasons = events.filter(({ action }) => TRAINING_ACTIONS.includes(action))
  const telling = reasons.filter(({ action, tasks }) => action !== 'START_TRAINING' || tasks.length > 0)
  const submitted = telling.filter(({ action }) => !isDeletion(action))
  const joined = [submitted, telling, reasons, events].find(({ length }) => length > 0) ?? []
  const last = joined.at(-1)
  if (last === undefined) throw new RangeError('There is no event to join.')
  return {
    ...last,
    labelConfig: events.findLast(({ labelConfig }) => labelConfig !== undefined)?.labelConfig,
    annotations: joined.flatMap(({ annotations }) => annotations),
    tasks: joined.flatMap(({ tasks }) => tasks),
  }
}

export function isDeletion(action: LabelStudioEvent['action']): boolean {
  return action === 'ANNOTATION_DELETED' || action === 'ANNOTATIONS_DELETED'
}
