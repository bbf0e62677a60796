import { readFile } from 'node:fs/promises'
import { LsmlError, toError } from '../../errors.ts'
import type { Task } from '../../protocol/task.ts'

/** A task that no Label Studio has sent. */
export interface DryTask {
  /** Of its picture, for messages and file names. */
  readonly name: string
  /** As it is imported into Label Studio. */
  readonly data: Task['data']
  /**
   * The task as a backend is given it: files of this machine lie in it as `data:` URLs, which need no permission.
   *
   * @throws LsmlError MEDIA_UNAVAILABLE when one cannot be read
   */
  load(): Promise<Task>
}

/** @throws LsmlError MEDIA_UNAVAILABLE */
export async function fileAsDataUrl(path: string): Promise<string> {
  try {
    return `data:${Bun.file(path).type};base64,${await readFile(path, 'base64')}`
  } catch (error) {
    throw new LsmlError(
      'MEDIA_UNAVAILABLE',
      `The file \`${path}\` cannot be read: ${toError(error).message}.`,
      {
        cause: error,
      },
    )
  }
}
