import type { Models } from '../../src/registry/models.ts'

/** The same models, which tell how many milliseconds each `session.run` took. */
export function timeRuns(models: Models, onRun: (ms: number) => void): Models {
  return {
    async open(name, options) {
      const model = await models.open(name, options)
      const { session } = model
      return {
        ...model,
        session: {
          ...session,
          async run(feeds) {
            const begun = performance.now()
            try {
              return await session.run(feeds)
            } finally {
              onRun(performance.now() - begun)
            }
          },
        },
      }
    },
  }
}
