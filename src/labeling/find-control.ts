import { LsmlError } from '../errors.ts'
import type { ControlTag, FindControlOptions, FoundControl, LabelingConfig, ObjectTag } from './config.ts'

type Tags = Pick<LabelingConfig, 'controls' | 'objects'>

interface Found {
  /** Document order. */
  readonly all: readonly FoundControl[]
  /** The first of the most preferred control, and of those the most preferred object. */
  readonly best: FoundControl | undefined
}

/** Every control and object that fit, and which is preferred. */
export function findControls({ controls }: Tags, options: FindControlOptions): Found {
  const controlTypes = lowerCased(options.control)
  const objectTypes = options.object === undefined ? undefined : lowerCased(options.object)
  const all: FoundControl[] = []
  let best: { found: FoundControl; rank: number } | undefined
  for (const control of controls) {
    const controlRank = controlTypes.indexOf(control.type.toLowerCase())
    if (controlRank < 0 || options.where?.(control) === false) continue
    for (const object of control.objects) {
      const objectRank = objectTypes === undefined ? 0 : objectTypes.indexOf(object.type.toLowerCase())
      if (objectRank < 0) continue
      const found = { control, object }
      const rank = controlRank * (objectTypes?.length ?? 1) + objectRank
      all.push(found)
      if (best === undefined || rank < best.rank) best = { found, rank }
    }
  }
  return { all, best: best?.found }
}

/** @throws LsmlError INVALID_LABEL_CONFIG that lists what the config has and shows what to add */
export function findControl(config: Tags, options: FindControlOptions): FoundControl {
  const { best } = findControls(config, options)
  if (best !== undefined) return best
  const wanted = `${either(options.control)}${options.object === undefined ? '' : ` that points at ${either(options.object)}`}`
  const condition = options.where === undefined ? '' : ' and fits what the backend needs'
  throw new LsmlError(
    'INVALID_LABEL_CONFIG',
    `The labeling config has no ${wanted}${condition}. It has ${inventory(config)}. Add one such as:\n${snippet(config, options)}`,
  )
}

function lowerCased(names: string | readonly string[]): string[] {
  return asList(names).map((name) => name.toLowerCase())
}

function asList(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names
}

function either(names: string | readonly string[]): string {
  return asList(names)
    .map((name) => `\`${name}\``)
    .join(' or ')
}

function inventory({ controls, objects }: Tags): string {
  if (controls.length > 0) return controls.map(describe).join(', ')
  if (objects.length > 0) return `no controls, only the ${objects.map(describeObject).join(', ')}`
  return 'no tags to label with at all'
}

function describe(control: ControlTag): string {
  const targets = control.toName.map((name) => {
    const object = control.objects.find((candidate) => candidate.name === name)
    return object === undefined ? `\`${name}\`, which does not exist` : describeObject(object)
  })
  return `${control.type} \`${control.name}\` → ${targets.join(' and ')}`
}

function describeObject({ type, name }: ObjectTag): string {
  return `${type} \`${name}\``
}

/** The least that would do: beside an object of the config when it has a fitting one, else with an object of its own. */
function snippet({ controls, objects }: Tags, options: FindControlOptions): string {
  const control = asList(options.control)[0] ?? 'Labels'
  const objectTypes = options.object === undefined ? undefined : lowerCased(options.object)
  const object = objects.find(({ type }) => objectTypes?.includes(type.toLowerCase()) ?? true)
  const objectType = asList(options.object ?? 'Image')[0] ?? 'Image'
  const toName = object?.name ?? objectType.toLowerCase()
  const taken = new Set(controls.map(({ name }) => name))
  const name = taken.has('label') ? `label${controls.length + 1}` : 'label'
  const child = /labels$/i.test(control)
    ? 'Label'
    : /^(choices|taxonomy)$/i.test(control)
      ? 'Choice'
      : undefined
  const start = `<${control} name="${name}" toName="${toName}"`
  const lines =
    child === undefined ? [`${start}/>`] : [`${start}>`, `  <${child} value="Text"/>`, `</${control}>`]
  if (object === undefined) lines.unshift(`<${objectType} name="${toName}" value="$${toName}"/>`)
  return lines.join('\n')
}
