import type { ControlTag, LabelingConfig, ObjectTag } from './config.ts'
import { findControl, findControls } from './find-control.ts'
import { walkXml, type XmlElement } from './xml.ts'

const LABEL_TAGS: ReadonlySet<string> = new Set(['Label', 'Choice', 'Relation'])
const CONDITIONS = [
  ['whenTagName', 'tag'],
  ['whenLabelValue', 'label'],
  ['whenChoiceValue', 'choice'],
] as const
/** What Label Studio's own parser lets a Repeater's variable stand for. */
const ANY = '.*'

type Attributes = XmlElement['attributes']
type Labels = Map<string, Attributes>

/**
 * Reads a project's labeling config with the algorithm of Label Studio's `parse_config`: names and tags keep their case,
 * of two tags with one name the later counts, and labels belong to the nearest control around them.
 * An empty text is a config without controls.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG when it is not XML, with line and column
 */
export function parseLabelingConfig(xml: string): LabelingConfig {
  const { controlTags, objects, labels, relationLabels } = collect(xml)
  const controls = [...controlTags].map(([name, tag]) =>
    toControl(name, tag.element, tag.variables, objects, labels.get(name) ?? new Map()),
  )
  const config: LabelingConfig = {
    xml,
    controls,
    objects: [...objects.values()],
    relationLabels: [...relationLabels],
    findControl: (options) => findControl(config, options),
    findControlIfAny: (options) => findControls(config, options).best,
    findControls: (options) => findControls(config, options).all,
  }
  return config
}

interface Collected {
  /** With the variables of the Repeaters that were seen before it. */
  readonly controlTags: ReadonlyMap<
    string,
    { readonly element: XmlElement; readonly variables: readonly string[] }
  >
  readonly objects: ReadonlyMap<string, ObjectTag>
  readonly labels: ReadonlyMap<string, Labels>
  readonly relationLabels: ReadonlySet<string>
}

function collect(xml: string): Collected {
  const controlTags = new Map<string, { element: XmlElement; variables: readonly string[] }>()
  const objects = new Map<string, ObjectTag>()
  const labels = new Map<string, Labels>()
  const relationLabels = new Set<string>()
  const variables: string[] = []
  // Of each open element: the nearest control around its children.
  const owners: (string | undefined)[] = []

  const onOpen = (element: XmlElement) => {
    const { tag, attributes } = element
    const owner = owners.at(-1)
    if (attributes.indexFlag) variables.push(attributes.indexFlag)
    if (isControl(element)) {
      controlTags.set(element.attributes.name, { element, variables: [...variables] })
    } else if (isObject(element)) {
      objects.set(element.attributes.name, toObject(element))
    }
    const key = attributes.alias || attributes.value || attributes.valueList
    if (LABEL_TAGS.has(tag) && owner !== undefined && key) {
      const known = labels.get(owner) ?? new Map()
      labels.set(owner, known.set(key, attributes))
    }
    if (tag === 'Relation' && attributes.value) relationLabels.add(attributes.value)
    owners.push(attributes.name && controlTags.has(attributes.name) ? attributes.name : owner)
  }
  if (xml.trim() !== '') walkXml(xml, onOpen, () => void owners.pop())
  return { controlTags, objects, labels, relationLabels }
}

type Named = XmlElement & { readonly attributes: { readonly name: string } }

function isControl(element: XmlElement): element is Named {
  const { name, toName } = element.attributes
  return Boolean(name && toName) && element.tag !== 'Filter'
}

function isObject(element: XmlElement): element is Named {
  const { name, value, valueList } = element.attributes
  return Boolean(name && (value || valueList))
}

function toObject({ tag, attributes }: Named): ObjectTag {
  const { name, value, valueList, valueType } = attributes
  return {
    name,
    type: tag,
    valueType: valueType ?? null,
    value: value ? withoutDollar(value) : undefined,
    valueList: !value && valueList ? withoutDollar(valueList) : undefined,
    attributes,
  }
}

function toControl(
  name: string,
  { tag, attributes }: XmlElement,
  variables: readonly string[],
  objects: ReadonlyMap<string, ObjectTag>,
  labels: Labels,
): ControlTag {
  const toName = (attributes.toName ?? '').split(',').map((part) => part.trim())
  const used = variables.filter((variable) => [name, ...toName].some((text) => text.includes(variable)))
  const perRegion = attributes.perRegion === 'true'
  const values = [...labels.keys()]
  return {
    name,
    type: tag,
    toName,
    objects: toName.map((target) => objects.get(target)).filter((object) => object !== undefined),
    labels: values,
    labelAttributes: Object.fromEntries(labels),
    dynamicLabels:
      Boolean(attributes.apiUrl) || [attributes.value, ...values].some((value) => value?.startsWith('$')),
    perRegion,
    condition: perRegion ? conditionOf(attributes) : undefined,
    variables: Object.fromEntries(used.map((variable) => [variable, ANY])),
    attributes,
  }
}

function conditionOf(attributes: Attributes): ControlTag['condition'] {
  for (const [attribute, type] of CONDITIONS) {
    const name = attributes[attribute]
    if (name) return { type, name }
  }
  return undefined
}

function withoutDollar(value: string): string {
  return value.replace(/^\$+/, '')
}
