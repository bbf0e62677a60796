import type { FoundControl, LabelingConfig } from '../../labeling/config.ts'
import type { Region } from '../../protocol/result.ts'
import { buildRegion, type Root } from '../build.ts'
import type { Plain, ReadRegion, Result } from './items.ts'
import { itemsIn, itemsOf, labelsById } from './items-of.ts'
import { assertOne } from './repeater.ts'
import { toLabels } from './to-labels.ts'

export type Value = Readonly<Record<string, unknown>>

/** What a handle has of one kind of control. */
export interface Kind {
  /** Object tags that it can be of; undefined for any. */
  readonly objects: readonly string[] | undefined
  create(found: FoundControl, labeling: LabelingConfig): object
}

export interface ShapeKind<Place, Shape, Read> {
  readonly objects: readonly string[]
  /** Name of the method that draws. */
  readonly draw: string
  toValue(shape: Shape, place: Place, found: FoundControl): Value
  /** @returns undefined for a value of another shape */
  toShape(value: Value, place: Place, found: FoundControl): Read | undefined
  /** What stands beside `value`. */
  rootOf(place: Place): Root
  /** The place that an item was drawn on, for reading. @throws LsmlError INVALID_REQUEST when the item does not say */
  placeOf(item: Region): Place
  /** The control whose labels go in `value.labels`, of a shape that has none of its own. */
  labeledBy?(found: FoundControl, labeling: LabelingConfig): FoundControl | undefined
}

type Drawn = Plain & { readonly label?: string | readonly string[] | undefined }

/** A kind whose results are places. */
export function shapeKind<Place, Shape, Read>(kind: ShapeKind<Place, Shape, Read>): Kind {
  return {
    objects: kind.objects,
    create(found, labeling) {
      const readAll = (
        result: Result,
        placeOf: (item: Region) => Place,
        isHere: (item: Region) => boolean = () => true,
      ): readonly ReadRegion<Read>[] => {
        const items = itemsIn(result)
        const labels = labelsById(found, items)
        return itemsOf(found, items)
          .filter(isHere)
          .flatMap((item) => {
            const shape = kind.toShape(item.value, placeOf(item), found)
            return shape === undefined
              ? []
              : [{ ...shape, ...rootOf(item), labels: labels.get(item.id) ?? [] }]
          })
      }
      return {
        on: (place: Place) => {
          const root = kind.rootOf(place)
          return {
            [kind.draw]: (shape: Shape & Drawn) => {
              assertOne(found.control)
              const { score, id, parent } = shape
              const options = { score, id, parent }
              const value = kind.toValue(shape, place, found)
              const labeled = kind.labeledBy?.(found, labeling)
              if (labeled === undefined) {
                const labels = toLabels(found.control, shape.label)
                return buildRegion(found, value, { ...options, labels }, root)
              }
              const own = shape.label === undefined ? {} : { labels: toLabels(labeled.control, shape.label) }
              return buildRegion(found, { ...value, ...own }, options, root)
            },
            read: (result: Result) =>
              readAll(
                result,
                () => place,
                ({ item_index: index }) => (index ?? 0) === (root.item_index ?? 0),
              ),
          }
        },
        read: (result: Result) => readAll(result, kind.placeOf),
      }
    },
  }
}

/** Of an item, what all that is read has. */
export function rootOf({ id, score, parentID, item_index: itemIndex }: Region) {
  return {
    id,
    ...(typeof score === 'number' && { score }),
    ...(typeof parentID === 'string' && { parent: parentID }),
    ...(typeof itemIndex === 'number' && { itemIndex }),
  }
}
