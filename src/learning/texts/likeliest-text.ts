import type { TextCandidates } from '../../vision/ctc/candidates.ts'

/** What a recognizer reads step by step, without knowing anything else: greedy CTC decoding. */
export function likeliestText(candidates: TextCandidates): string {
  let text = ''
  let previous = ''
  for (const step of candidates) {
    let best = step[0]
    for (const candidate of step) if (candidate.probability > (best?.probability ?? 0)) best = candidate
    const next = best?.text ?? ''
    if (next !== previous) text += next
    previous = next
  }
  return text.trim()
}
