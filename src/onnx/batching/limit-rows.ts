import type { Session } from '../session.ts'
import { countRows, joinRows, sliceRows } from './rows.ts'

/**
 * A session whose runs may have any number of rows, over one that takes only so many, such as a model of Triton with
 * `max_batch_size`, which is 4 where nobody wrote another. Larger runs are cut along axis 0.
 */
export function limitRows(session: Session, maxRows: number): Session {
  return {
    ...session,
    async run(feeds, options) {
      const rows = countRows(feeds)
      if (rows === undefined || rows <= maxRows) return session.run(feeds, options)
      const outputs = []
      for (let start = 0; start < rows; start += maxRows)
        outputs.push(await session.run(sliceRows(feeds, start, Math.min(rows, start + maxRows)), options))
      return joinRows(outputs)
    },
  }
}
