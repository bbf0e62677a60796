// A backend in JavaScript, without native code: what an embedding host may have.

/** Answers with the length of the task's text; a text may also say `throw`, or `wait` until nobody waits any more. */
export default {
  name: 'lengths',
  version: '1.2.3',
  setup: ({ labeling }) => labeling.findControl({ control: 'Choices' }),
  fit: ({ annotations }) => ({ annotations: annotations.length }),
  async predict(tasks, { model, interactive, signal }) {
    if (tasks[0].data.text === 'wait') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    }
    return tasks.map(({ data }) => {
      if (data.text === 'throw') throw new Error('I was told to → throw.')
      const choice = interactive === undefined ? `${data.text.length}` : 'interactive'
      const { control, object } = model
      return {
        result: [
          {
            id: 'a',
            from_name: control.name,
            to_name: object.name,
            type: 'choices',
            value: { choices: [choice] },
          },
        ],
      }
    })
  },
}
