/** The Redis of the deployment files. */
export const REDIS = '7.4-alpine'

/** How lsml is run in the folder of the container. */
export const LSML = ['bun', 'node_modules/lsml/src/cli/main.ts']
/** Servers leave the training to others. */
export const START = [...LSML, 'start', '.', '--host', '0.0.0.0', '--training-concurrency', '0']
export const TRAIN = [...LSML, 'train', '.']

/** As JSON and YAML both have it. */
export function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
