import type { LabelingConfig, ObjectTag } from '../labeling/config.ts'
import { readDataPath } from '../labeling/data-path.ts'
import type { Relation } from '../protocol/result.ts'
import {
  type AnyHandle,
  CONTROL_NAMES,
  type ControlHandle,
  type ControlName,
  controlsOf,
} from './controls/control-of.ts'
import type { Result } from './controls/items.ts'
import { itemsIn } from './controls/items-of.ts'
import { indicesIn } from './controls/repeater.ts'
import type { Video } from './controls/video-kinds.ts'

/** A place or an answer, with the control that it is of; `tag` tells what else it has. */
export type ReadItem = { readonly [Tag in ControlName]: ReadItemOf<Tag> }[ControlName]

export type ReadItemOf<Tag extends ControlName> = ReturnType<ControlHandle<Tag>['read']>[number] & {
  readonly tag: Tag
  /** Its name, in a Repeater with the index. */
  readonly control: string
  /** Name of the object. */
  readonly object: string
}

export interface ReadRegionsOptions {
  /** Of the task: spans of its texts cannot be read without. */
  readonly data?: Readonly<Record<string, unknown>> | undefined
  /** By the name of the Video tag: tracks cannot be read without. */
  readonly videos?: Readonly<Record<string, Video>> | undefined
}

/**
 * All that an annotation or a prediction says, in the order of the labeling config's controls: places in pixels of their
 * page, spans as `slice` takes them, seconds and frames, answers. What several controls say about one region has one id.
 *
 * @throws LsmlError INVALID_REQUEST for what cannot be read without the task's text, the video or the size of its page,
 * and for masks that are none
 */
export function readRegions(
  result: Result,
  labeling: LabelingConfig,
  options: ReadRegionsOptions = {},
): { readonly items: readonly ReadItem[]; readonly relations: readonly Relation[] } {
  const handles = controlsOf(labeling, { control: CONTROL_NAMES })
  return {
    items: handles.flatMap((handle) => readAll(handle as AnyHandle, result, options)),
    relations: result.filter(isRelation),
  }
}

/** In a Repeater, of each control that it has made. */
function readAll(handle: AnyHandle, result: Result, options: ReadRegionsOptions): readonly ReadItem[] {
  if (Object.keys(handle.control.variables).length > 0) {
    const names = itemsIn(result).map(({ from_name: name }) => name)
    return indicesIn(handle.control, names).flatMap((index) => readAll(handle.at(index), result, options))
  }
  const { tag, control, object } = handle
  const read = readOne(handle, result, options) as readonly object[]
  return read.map(
    (item) => Object.assign({ tag, control: control.name, object: object.name }, item) as ReadItem,
  )
}

function readOne(
  handle: AnyHandle,
  result: Result,
  { data, videos }: ReadRegionsOptions,
): readonly unknown[] {
  const { object } = handle
  if (handle.tag === 'VideoRectangle') {
    const video = videos?.[object.name]
    return video === undefined ? handle.read(result) : handle.on(video).read(result)
  }
  const text = handle.tag === 'Labels' && data !== undefined ? textOf(data, object) : undefined
  return text === undefined || !('on' in handle) ? handle.read(result) : handle.on(text as never).read(result)
}

function textOf(
  data: Readonly<Record<string, unknown>>,
  { type, value, valueType }: ObjectTag,
): string | undefined {
  if (type.toLowerCase() !== 'text' || value === undefined || valueType === 'url') return undefined
  const text = readDataPath(data, value)
  return typeof text === 'string' || typeof text === 'number' ? String(text) : undefined
}

function isRelation(item: object): item is Relation {
  return 'type' in item && item.type === 'relation' && 'from_id' in item && 'to_id' in item
}
