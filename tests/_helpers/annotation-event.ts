const TEXT = 'A text to be labeled by somebody. '.repeat(20)

/** A webhook of Label Studio after an annotation was submitted: about as large as the real one, with three regions. */
export function annotationEvent(id: number): Readonly<Record<string, unknown>> {
  const project = 12
  const time = '2026-03-02T10:30:00.000000Z'
  const result = Array.from({ length: 3 }, (_, index) => ({
    id: `region-${id}-${index}`,
    from_name: 'kind',
    to_name: 'text',
    type: 'choices',
    origin: 'manual',
    value: { choices: [index % 2 === 0 ? 'Question' : 'Statement'] },
  }))
  return {
    action: 'ANNOTATION_CREATED',
    annotation: {
      id,
      result,
      was_cancelled: false,
      ground_truth: false,
      created_at: time,
      updated_at: time,
      lead_time: 37.13,
      result_count: 3,
      unique_id: crypto.randomUUID(),
      prediction: {},
      task: id,
      project,
      completed_by: 1,
      updated_by: 1,
    },
    project: {
      id: project,
      title: 'Texts',
      label_config:
        '<View><Text name="text" value="$text"/><Choices name="kind" toName="text"><Choice value="Question"/><Choice value="Statement"/></Choices></View>',
      task_number: 10_000,
      total_annotations_number: id,
      created_at: time,
      updated_at: time,
    },
    task: { id, data: { text: TEXT }, project, created_at: time },
  }
}
