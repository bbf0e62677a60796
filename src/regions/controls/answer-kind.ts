import { LsmlError } from '../../errors.ts'
import type { FoundControl } from '../../labeling/config.ts'
import type { Region } from '../../protocol/result.ts'
import { buildRegion } from '../build.ts'
import type { AnswerOptions, ReadAnswer, Result } from './items.ts'
import { itemsIn, itemsOf } from './items-of.ts'
import { type Kind, rootOf, type Value } from './kind.ts'
import { assertOne } from './repeater.ts'

export interface AnswerKind<Given, Read> {
  readonly objects?: readonly string[]
  /** Where it differs from the tag in lower case. */
  readonly type?: string
  /** Always about a region, whatever the tag says. */
  readonly aboutRegions?: boolean
  /** With its own key only: with a second one, the editor takes the answer for a region. */
  toValue(given: Given, found: FoundControl): Value
  /** @returns undefined for a value of another kind */
  toAnswer(value: Value): Read | undefined
}

/** A kind whose results are answers, about the whole task or a region. */
export function answerKind<Given, Read>(kind: AnswerKind<Given, Read>): Kind {
  return {
    objects: kind.objects,
    create: (found) => ({
      answer(given: Given, { about, itemIndex, score, id }: AnswerOptions = {}): Region {
        assertOne(found.control)
        assertAbout(found, about, kind.aboutRegions ?? found.control.perRegion)
        const value = kind.toValue(given, found)
        const region =
          about === undefined
            ? buildRegion(
                found,
                value,
                { score, id },
                itemIndex === undefined ? {} : { item_index: itemIndex },
              )
            : buildRegion(
                found,
                { ...geometryOf(about), ...value },
                { score, id: about.id },
                rootBeside(about),
              )
        // `Labels` has its labels in the value already, where `buildRegion` puts those of its options.
        return { ...region, type: kind.type ?? region.type, value: { ...region.value, ...value } }
      },
      read: (result: Result): readonly ReadAnswer<Read>[] =>
        itemsOf(found, itemsIn(result)).flatMap((item) => {
          const answer = kind.toAnswer(item.value)
          return answer === undefined ? [] : [{ ...rootOf(item), answer }]
        }),
    }),
  }
}

/** What is said about a region repeats where it is, so that it may come before it, and is never taken for another one. */
function geometryOf({ type, value }: Region): Value {
  const { [type]: _, labels: __, text: ___, ...geometry } = value
  return geometry
}

function rootBeside({
  original_width,
  original_height,
  original_length,
  image_rotation,
  item_index,
}: Region) {
  const root = { original_width, original_height, original_length, image_rotation, item_index }
  return Object.fromEntries(Object.entries(root).filter(([, value]) => value !== undefined))
}

function assertAbout({ control, object }: FoundControl, about: Region | undefined, isAsked: boolean): void {
  const tag = `${control.type} \`${control.name}\``
  if (about === undefined && isAsked)
    throw new LsmlError('INVALID_BACKEND', `${tag} is asked about regions. Say which one with \`about\`.`)
  if (about !== undefined && !isAsked)
    throw new LsmlError(
      'INVALID_BACKEND',
      `${tag} is asked about the whole task, not about the region \`${about.id}\`. Give the tag \`perRegion="true"\`, or leave \`about\` out.`,
    )
  if (about !== undefined && about.to_name !== object.name)
    throw new LsmlError(
      'INVALID_BACKEND',
      `${tag} is for \`${object.name}\`, and the region \`${about.id}\` lies on \`${about.to_name}\`.`,
    )
}
