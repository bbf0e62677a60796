import { LsmlError } from '../../errors.ts'
import type { ControlTag, FoundControl, LabelingConfig } from '../../labeling/config.ts'
import type { ControlHandles, LabelsHandles } from './handles.ts'
import type { Kind } from './kind.ts'
import { KINDS, LABELS_KINDS } from './kinds.ts'
import { repeated } from './repeater.ts'

/** Control tags whose results lsml knows how to write and read. */
export type ControlName = keyof ControlHandles | 'Labels'

/** The handle of a control tag. `Labels` are what their object makes of them: say which. */
export type ControlHandle<Tag extends ControlName, Target extends string = keyof LabelsHandles> =
  | (Tag extends keyof ControlHandles ? ControlHandles[Tag] : never)
  | (Tag extends 'Labels' ? LabelsHandles[Target & keyof LabelsHandles] : never)

export interface ControlOptions<Tag extends ControlName, Target extends string> {
  /** Tag or tags, in the order of preference. */
  readonly control: Tag | readonly Tag[]
  /** Object tag or tags. @default those that the control can be of */
  readonly object?: Target | readonly Target[]
  /** Further condition, such as `(control) => control.perRegion`. */
  readonly where?: (control: ControlTag) => boolean
}

/**
 * Finds a control tag of the labeling config, and gives what writes and reads its results: its name, its object's, its
 * labels and its units come from the config, so that a result cannot have others.
 *
 * @example
 * const labels = controlOf(labeling, { control: 'RectangleLabels' })
 * labels.on(image).rectangle({ box, label: 'Car', score: 0.9 })
 *
 * @throws LsmlError INVALID_LABEL_CONFIG that lists what the config has
 */
export function controlOf<Tag extends ControlName, Target extends string = keyof LabelsHandles>(
  labeling: LabelingConfig,
  options: ControlOptions<Tag, Target>,
): ControlHandle<Tag, Target> {
  const handle = controlOfIfAny(labeling, options)
  if (handle !== undefined) return handle
  const { control, object, where } = options
  const found = labeling.findControl({ control, object: object ?? usualObjects(control), where })
  throw new LsmlError(
    'INVALID_LABEL_CONFIG',
    `${found.control.type} \`${found.control.name}\` cannot be for the ${found.object.type} \`${found.object.name}\`. Let its \`toName\` name an object of another kind.`,
  )
}

/** The most preferred of its tags, and of those the first. */
export function controlOfIfAny<Tag extends ControlName, Target extends string = keyof LabelsHandles>(
  labeling: LabelingConfig,
  options: ControlOptions<Tag, Target>,
): ControlHandle<Tag, Target> | undefined {
  for (const tag of listOf(options.control)) {
    const [handle] = controlsOf(labeling, { ...options, control: tag })
    if (handle !== undefined) return handle
  }
  return undefined
}

/** Every control that fits, in document order. */
export function controlsOf<Tag extends ControlName, Target extends string = keyof LabelsHandles>(
  labeling: LabelingConfig,
  { control, object, where }: ControlOptions<Tag, Target>,
): readonly ControlHandle<Tag, Target>[] {
  const tags = listOf(control)
  const found = [
    ...labeling.findControls({ control, object, where }),
    ...(tags.some((tag) => tag === 'Chat') ? chatsOf(labeling, where) : []),
  ]
  return found.flatMap((each) => {
    const handle = toHandleIfAny(each, labeling)
    return handle === undefined ? [] : [handle as ControlHandle<Tag, Target>]
  })
}

/**
 * The handle of a control that was found, whatever its kind.
 *
 * @returns undefined for tags that lsml does not know, and for objects that the control cannot be of
 */
export function toHandleIfAny(found: FoundControl, labeling: LabelingConfig): AnyHandle | undefined {
  const tag = TAGS.get(found.control.type.toLowerCase())
  const target = OBJECTS.get(found.object.type.toLowerCase())
  if (tag === undefined) return undefined
  const kind = tag === 'Labels' ? target && LABELS_KINDS[target] : KINDS[tag]
  const fits = kind?.objects?.some((name) => name.toLowerCase() === found.object.type.toLowerCase()) ?? true
  return kind === undefined || !fits ? undefined : createHandle(tag, kind, found, labeling)
}

export type AnyHandle = { readonly [Tag in ControlName]: ControlHandle<Tag> }[ControlName]

export const CONTROL_NAMES = [...Object.keys(KINDS), 'Labels'] as readonly ControlName[]

const TAGS: ReadonlyMap<string, ControlName> = new Map(CONTROL_NAMES.map((tag) => [tag.toLowerCase(), tag]))
const OBJECTS: ReadonlyMap<string, keyof LabelsHandles> = new Map(
  (Object.keys(LABELS_KINDS) as (keyof LabelsHandles)[]).map((name) => [name.toLowerCase(), name]),
)

/** What is one of a kind at run time is so for the compiler only by the tables of kinds and of handles being alike. */
function createHandle(
  tag: ControlName,
  kind: Kind,
  found: FoundControl,
  labeling: LabelingConfig,
): AnyHandle {
  const handle = {
    ...found,
    tag,
    at: (index: number) => createHandle(tag, kind, repeated(found, index), labeling),
    ...kind.create(found, labeling),
  }
  return handle as unknown as AnyHandle
}

/** A Chat is labeled by what is said in it: it is its own control. */
function chatsOf(
  labeling: LabelingConfig,
  where: (control: ControlTag) => boolean = () => true,
): readonly FoundControl[] {
  return labeling.objects
    .filter(({ type }) => type.toLowerCase() === 'chat')
    .map((object): FoundControl => {
      const { name, type, attributes } = object
      const none = {
        labels: [],
        labelAttributes: {},
        dynamicLabels: false,
        perRegion: false,
        condition: undefined,
        variables: {},
      }
      return { object, control: { name, type, toName: [name], objects: [object], attributes, ...none } }
    })
    .filter(({ control }) => where(control))
}

/** Undefined for any. */
function usualObjects(control: ControlName | readonly ControlName[]): readonly string[] | undefined {
  const objects: string[] = []
  for (const name of listOf(control)) {
    const tag = TAGS.get(name.toLowerCase())
    const known = tag === 'Labels' ? Object.keys(LABELS_KINDS) : tag && KINDS[tag].objects
    if (known === undefined) return undefined
    objects.push(...known)
  }
  return objects
}

function listOf<Item extends string>(items: Item | readonly Item[]): readonly Item[] {
  return typeof items === 'string' ? [items] : items
}
