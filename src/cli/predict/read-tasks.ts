import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import type { LabelingConfig } from '../../labeling/config.ts'
import { taskValues } from '../../labeling/data-path.ts'
import type { Task } from '../../protocol/task.ts'
import { readJsonFile } from '../json-file.ts'
import { type DryTask, fileAsDataUrl } from './dry-task.ts'

/** Tags whose value is the address of a file. */
const MEDIA_TAGS: ReadonlySet<string> = new Set(['Image', 'Audio', 'Video', 'Pdf'])

/**
 * The tasks of a JSON file: a list of tasks, or of what they have as `data`. Paths in it are relative to the file.
 *
 * @throws LsmlError USAGE
 */
export async function readTasks(file: string, labeling: LabelingConfig): Promise<readonly DryTask[]> {
  const content = await readJsonFile(file)
  const list: readonly unknown[] = Array.isArray(content) ? content : [content]
  if (list.length === 0) throw new LsmlError('USAGE', `\`${file}\` holds no tasks.`)
  return list.map((item, index) => {
    if (!isRecord(item)) {
      const message = `Entry ${index + 1} of \`${file}\` is neither a task nor the data of one.`
      throw new LsmlError('USAGE', message)
    }
    const task: Task = isRecord(item.data) ? { ...item, data: item.data } : { data: item }
    const addresses = addressesIn(task, labeling)
    return {
      name: nameOf(addresses[0]) ?? `task-${task.id ?? index + 1}`,
      data: task.data,
      load: async () => ({ ...task, data: await withFiles(task.data, addresses, dirname(file)) }),
    }
  })
}

/** What the tags that show a file read of a task. What it lacks is the backend's to tell. */
function addressesIn(task: Task, { objects }: LabelingConfig): readonly string[] {
  const values = objects
    .filter(({ type }) => MEDIA_TAGS.has(type))
    .flatMap((object) => {
      try {
        return taskValues(task, object).map(({ value }) => value)
      } catch {
        return []
      }
    })
  return values.filter((value) => typeof value === 'string')
}

function nameOf(address: string | undefined): string | undefined {
  if (address === undefined || address.startsWith('data:')) return undefined
  const path = /[?&]d=([^&#]+)/.exec(address)?.[1] ?? address.split(/[?#]/)[0] ?? ''
  return basename(path.replaceAll('%2F', '/')) || undefined
}

/** The same data, with each of these addresses that is a path on this machine read. */
async function withFiles<Value>(value: Value, addresses: readonly string[], folder: string): Promise<Value> {
  const read = async (each: unknown): Promise<unknown> => {
    if (typeof each === 'string') {
      return addresses.includes(each) && isPath(each, folder) ? fileAsDataUrl(resolve(folder, each)) : each
    }
    if (Array.isArray(each)) return Promise.all(each.map(read))
    if (!isRecord(each)) return each
    const entries = Object.entries(each).map(async ([key, inner]) => [key, await read(inner)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return (await read(value)) as Value
}

/** Not a URL (a scheme has two letters or more: `C:` has none), and not a path of Label Studio, unless it is there. */
function isPath(address: string, folder: string): boolean {
  if (/^[a-z][a-z\d+.-]+:/i.test(address)) return false
  return !/^\/?(data|upload)\//.test(address) || existsSync(resolve(folder, address))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
