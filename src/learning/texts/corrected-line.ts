import type { TextCandidates } from '../../vision/ctc/candidates.ts'

/** A line that a recognizer read, and what a person says it reads. */
export interface CorrectedLine {
  readonly text: string
  readonly candidates: TextCandidates
}
