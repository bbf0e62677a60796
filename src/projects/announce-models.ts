import type { Logger } from '../log.ts'
import type { SessionPool } from '../onnx/pool.ts'

/**
 * Logs each model once when it has been loaded, and again when it was released and loaded anew.
 *
 * @returns to be called after models were opened
 */
export function createModelAnnouncer(pool: SessionPool, log: Logger): () => void {
  let announced: ReadonlySet<string> = new Set()
  return () => {
    const now = new Set<string>()
    for (const { name, file, device, loadMs } of pool.status()) {
      const loading = `${file}|${device}|${loadMs}`
      now.add(loading)
      if (!announced.has(loading))
        log.info(`Opened the model \`${name}\` on ${device} in ${Math.round(loadMs)} ms`)
    }
    announced = now
  }
}
