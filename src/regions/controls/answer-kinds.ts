import { LsmlError } from '../../errors.ts'
import type { ControlTag } from '../../labeling/config.ts'
import { isNumber, show } from '../checks/check.ts'
import { answerKind } from './answer-kind.ts'
import type { ChatMessage } from './handles.ts'
import { textsOf } from './items-of.ts'
import type { Value } from './kind.ts'
import { toLabels } from './to-labels.ts'

type Strings = string | readonly string[]
type Paths = readonly (readonly string[])[]
type Buckets = Readonly<Record<string, readonly string[]>>

export const choices = answerKind<Strings, readonly string[]>({
  toValue(given, { control }) {
    const chosen = toLabels(control, given)
    if (chosen.length > 1 && control.attributes.choice !== 'multiple')
      throw wrong(control, chosen, 'one choice; more are for `choice="multiple"`')
    return { choices: chosen }
  },
  toAnswer: ({ choices: chosen }) => (Array.isArray(chosen) ? textsOf(chosen) : undefined),
})

export const imageLabels = answerKind<Strings, readonly string[]>({
  objects: ['Image'],
  aboutRegions: true,
  toValue: (given, { control }) => ({ labels: toLabels(control, given) }),
  toAnswer: ({ labels }) => (Array.isArray(labels) ? textsOf(labels) : undefined),
})

export const taxonomies = answerKind<Paths, Paths>({
  toValue(given, { control }) {
    if (!given.every(Array.isArray)) throw wrong(control, given, 'a list of paths from the root to the leaf')
    return { taxonomy: given.map((path) => toLabels(control, path)) }
  },
  toAnswer: ({ taxonomy }) => (Array.isArray(taxonomy) ? taxonomy.map(textsOf) : undefined),
})

/** The tag's default for `maxRating`. */
const MAX_RATING = 5

export const ratings = answerKind<number, number>({
  toValue(stars, { control }) {
    const most = Number(control.attributes.maxRating ?? MAX_RATING)
    if (!Number.isInteger(stars) || stars < 1 || stars > most)
      throw wrong(control, stars, `a whole number from 1 to ${most}`)
    return { rating: stars }
  },
  toAnswer: ({ rating }) => (isNumber(rating) ? rating : undefined),
})

export const numbers = answerKind<number, number>({
  toValue(given, { control }) {
    const { min = '-Infinity', max = 'Infinity' } = control.attributes
    if (!isNumber(given) || given < Number(min) || given > Number(max))
      throw wrong(
        control,
        given,
        `a number${control.attributes.min === undefined && control.attributes.max === undefined ? '' : ` from ${min} to ${max}`}`,
      )
    return { number: given }
  },
  toAnswer: ({ number }) => (isNumber(number) ? number : undefined),
})

export const dates = answerKind<string, string>({
  toValue(given, { control }) {
    if (typeof given !== 'string' || given === '')
      throw wrong(control, given, 'a text, such as `2026-03-02` or `2026-03-02T14:30`')
    return { datetime: given }
  },
  toAnswer: ({ datetime }) => (typeof datetime === 'string' ? datetime : undefined),
})

export const textAreas = answerKind<Strings, readonly string[]>({
  toValue: (given) => ({ text: textsOf(given) }),
  toAnswer: ({ text }) => (text === undefined ? undefined : textsOf(text)),
})

export const pairs = answerKind<'left' | 'right', 'left' | 'right'>({
  toValue(given, { control }) {
    if (given !== 'left' && given !== 'right') throw wrong(control, given, '`left` or `right`')
    return { selected: given }
  },
  toAnswer: ({ selected }) => (selected === 'left' || selected === 'right' ? selected : undefined),
})

export const rankers = answerKind<readonly string[] | Buckets, Buckets>({
  objects: ['List'],
  toValue: (given, { control }) => ({ ranker: isList(given) ? { [control.name]: given } : given }),
  toAnswer: ({ ranker }) =>
    isObject(ranker)
      ? Object.fromEntries(Object.entries(ranker).map(([bucket, ids]) => [bucket, textsOf(ids)]))
      : undefined,
})

export const chats = answerKind<ChatMessage, ChatMessage>({
  type: 'chatmessage',
  toValue({ role, content, createdAt = Date.now() }) {
    return { chatmessage: { role, content, createdAt } }
  },
  toAnswer({ chatmessage: message }) {
    if (!isObject(message)) return undefined
    const { role, content, createdAt } = message
    if (typeof role !== 'string' || typeof content !== 'string') return undefined
    return { role, content, ...(isNumber(createdAt) && { createdAt }) }
  },
})

function wrong({ type, name }: ControlTag, given: unknown, must: string): LsmlError {
  return new LsmlError(
    'INVALID_BACKEND',
    `An answer of ${type} \`${name}\` must be ${must}; it is ${show(given)}.`,
  )
}

function isList(value: readonly string[] | Buckets): value is readonly string[] {
  return Array.isArray(value)
}

function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
