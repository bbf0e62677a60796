import { readFile } from 'node:fs/promises'

/** A string of Python, or a comment: what looks like a comment in a string is none. */
const STRING_OR_COMMENT = /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|#.*/g
/** `classes=(…)`, `'classes': […]` or `CLASSES = names`, and not `num_classes`. */
const CLASSES = /\b(?:classes|CLASSES)['"]?\s*[=:]\s*/g

/**
 * The names of the classes that a config of MMDetection gives for its data set, such as
 * `metainfo = dict(classes=('cat', 'dog'))`. The config is read as text: nothing of it is run.
 *
 * @returns undefined when there is no such file, or when it leaves the classes to another one
 */
export async function readConfigClasses(config: string): Promise<readonly string[] | undefined> {
  const code = await readFile(config, 'utf8').catch(() => undefined)
  return code === undefined ? undefined : classesInConfig(code)
}

function classesInConfig(code: string): readonly string[] | undefined {
  const bare = code.replaceAll(STRING_OR_COMMENT, '$1')
  for (const { index, 0: assignment } of bare.matchAll(CLASSES)) {
    const value = bare.slice(index + assignment.length)
    const variable = /^[A-Za-z_]\w*/.exec(value)?.[0]
    const names = variable === undefined ? listAt(value) : listNamed(variable, bare)
    if (names !== undefined) return names
  }
  return undefined
}

function listNamed(variable: string, code: string): readonly string[] | undefined {
  const found = new RegExp(`^${variable}\\s*=\\s*`, 'm').exec(code)
  return found === null ? undefined : listAt(code.slice(found.index + found[0].length))
}

/** The strings of a tuple or a list that a text begins with. */
function listAt(text: string): readonly string[] | undefined {
  const list = /^[([]\s*((?:(?:'[^'\n]*'|"[^"\n]*")\s*(?:,\s*)?)+)[)\]]/.exec(text)?.[1]
  return list === undefined
    ? undefined
    : Array.from(list.matchAll(/'([^'\n]*)'|"([^"\n]*)"/g), ([, one, other]) => one ?? other ?? '')
}
