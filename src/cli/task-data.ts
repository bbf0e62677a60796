import type { ObjectTag } from '../labeling/config.ts'
import type { Task } from '../protocol/task.ts'

/** The data of a task in which the tag finds this value: of `$pages[0].url` it is a key, a list and an object. */
export function taskData({ value, valueList }: ObjectTag, content: string): Task['data'] {
  const [key = '', ...inner] = (valueList ?? value ?? '').replaceAll(/\[\d+\]/g, '.[]').split('.')
  const leaf: unknown = valueList === undefined ? content : [content]
  return {
    [key]: inner.reduceRight((held, segment) => (segment === '[]' ? [held] : { [segment]: held }), leaf),
  }
}
