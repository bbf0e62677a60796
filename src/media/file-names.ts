import { decodePath } from './document-root.ts'

/** As the Python backend looks for them: `<project>/<name>`, then `<name>`. */
export function uploadNames(path: string | undefined, project: string): readonly string[] {
  if (path === undefined) return []
  const segments = path.split('/')
  const name = segments.at(-1) ?? ''
  const folder = segments.at(-2) ?? project
  return [...new Set([name, decodePath(name)].flatMap((each) => [`${folder}/${each}`, each]))]
}

/** The path behind `upload/` in the value of `filepath`. */
export function storedName(query: string | undefined): string | undefined {
  return query === undefined ? undefined : decodePath(query.replace(/&.*$/s, '')).replace(/^upload\//, '')
}

/** Label Studio writes the path encoded, people and scripts as it is. */
export function spellings(query: string | undefined): readonly string[] {
  if (query === undefined) return []
  const [first = ''] = query.split('&')
  return [...new Set([decodePath(first), decodePath(first.replaceAll('+', ' ')), query])]
}
