import { LsmlError } from '../errors.ts'

export function notFound(project: string, id: string): LsmlError {
  return new LsmlError('NOT_FOUND', `Project \`${project}\` has no version \`${id}\`.`)
}

/** @param id of the version; without one the project has versions where it should have none */
export function taken(project: string, id?: string): LsmlError {
  const what = id === undefined ? 'versions already' : `a version \`${id}\` already`
  return new LsmlError('INVALID_REQUEST', `Project \`${project}\` has ${what}.`)
}

export function serves(project: string, id: string): LsmlError {
  return new LsmlError(
    'INVALID_REQUEST',
    `The version \`${id}\` serves project \`${project}\`. Activate another one first.`,
  )
}
