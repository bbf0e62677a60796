import { type Check, every, isNumber, isStrings, isValue, show } from './check.ts'

export const choices = every(['choices'], 'label', isStrings, 'a list of strings, also for a single one')

export const textArea = every(['text'], 'text', isStrings, 'a list of strings, also for a single one')

export const taxonomy = every(
  ['taxonomy'],
  'label',
  (value) => Array.isArray(value) && value.every(isStrings),
  'a list of paths, each a list of strings from the root to the leaf',
)

/** The tag's default for `maxRating`. */
const MAX_RATING = 5

export const rating: Check = ({ rating: stars }, { control }) => {
  const max = Number(control?.attributes.maxRating ?? MAX_RATING)
  return Number.isInteger(stars) && Number(stars) >= 1 && Number(stars) <= max
    ? undefined
    : {
        rule: 'range',
        message: `\`value.rating\` must be a whole number from 1 to ${max}; it is ${show(stars)}.`,
      }
}

export const number = every(['number'], 'range', isNumber, 'a number')

export const dateTime = every(
  ['datetime'],
  'type',
  (value) => typeof value === 'string',
  'a date such as `2026-03-02`',
)

export const pairwise = every(
  ['selected'],
  'type',
  (value) => value === 'left' || value === 'right',
  '`left` or `right`',
)

export const ranker = every(
  ['ranker'],
  'type',
  (value) => isValue(value) && Object.values(value).every(isIds),
  'an object of lists of ids',
)

export const chatMessage = every(
  ['chatmessage'],
  'type',
  (value) => isValue(value) && typeof value.role === 'string' && typeof value.content === 'string',
  'a message with role and content',
)

function isIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((id) => typeof id === 'string' || isNumber(id))
}
