/** A tag that people label with: it has a name and points at one or more objects. */
export interface ControlTag {
  readonly name: string
  /** As written, such as `RectangleLabels`. */
  readonly type: string
  readonly toName: readonly string[]
  /** The objects of `toName` that the config has, in that order. */
  readonly objects: readonly ObjectTag[]
  /** Values that results carry (the alias where there is one), in document order. */
  readonly labels: readonly string[]
  /** All XML attributes of each label, by its value. */
  readonly labelAttributes: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Labels come with each task (`value="$labels"` or `apiUrl`): none can be called unknown. */
  readonly dynamicLabels: boolean
  /** Answers belong to a region, not to the task. */
  readonly perRegion: boolean
  /** Only asked for regions of this tag, label or choice. */
  readonly condition: { readonly type: 'tag' | 'label' | 'choice'; readonly name: string } | undefined
  /** Variables of a Repeater around the control, such as `{{idx}}`, each with the pattern that it stands for. */
  readonly variables: Readonly<Record<string, string>>
  readonly attributes: Readonly<Record<string, string>>
}

/** A tag that shows a part of the task: its name and the path of its data. */
export interface ObjectTag {
  readonly name: string
  /** As written, such as `Image`. */
  readonly type: string
  readonly valueType: string | null
  /** Path in `task.data`, without the leading `$`; undefined with `valueList`. */
  readonly value: string | undefined
  /** Path of a list in `task.data`: one item a page. */
  readonly valueList: string | undefined
  readonly attributes: Readonly<Record<string, string>>
}

export interface FindControlOptions {
  /** Tag name or names, in the order of preference; compared without regard to case. */
  readonly control: string | readonly string[]
  readonly object?: string | readonly string[] | undefined
  /** Further condition, such as `(control) => control.perRegion`. */
  readonly where?: ((control: ControlTag) => boolean) | undefined
}

export interface FoundControl {
  readonly control: ControlTag
  readonly object: ObjectTag
}

/** A project's labeling config, parsed. */
export interface LabelingConfig {
  /** As Label Studio sent it. */
  readonly xml: string
  readonly controls: readonly ControlTag[]
  readonly objects: readonly ObjectTag[]
  /** What a line between two regions may be called, of the `Relations` tag. */
  readonly relationLabels: readonly string[]
  /** @throws LsmlError INVALID_LABEL_CONFIG that lists what the config has */
  findControl(options: FindControlOptions): FoundControl
  findControlIfAny(options: FindControlOptions): FoundControl | undefined
  /** Every control and object that fit, in document order. */
  findControls(options: FindControlOptions): readonly FoundControl[]
}
