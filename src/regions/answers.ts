import type { FoundControl } from '../labeling/config.ts'
import type { Region } from '../protocol/result.ts'
import { buildRegion, type RegionOptions } from './build.ts'

type AnswerOptions = Pick<RegionOptions, 'score' | 'id'>

// A whole task's answers have nothing but their own key in `value`: with a second one the editor takes them for regions.

/** The choice or choices of a `Choices` control for a whole task. */
export function choices(
  found: FoundControl,
  chosen: string | readonly string[],
  options?: AnswerOptions,
): Region {
  return buildRegion(found, { choices: typeof chosen === 'string' ? [chosen] : chosen }, options)
}

/** The text or texts of a `TextArea` for a whole task. */
export function textArea(
  found: FoundControl,
  text: string | readonly string[],
  options?: AnswerOptions,
): Region {
  return buildRegion(found, { text: typeof text === 'string' ? [text] : text }, options)
}
