import type { Image } from '../image/image.ts'
import type { Task } from '../protocol/task.ts'

/** How a task's values become bytes and pixels. Made for one project; knows its Label Studio and its token. */
export interface Media {
  /**
   * The bytes behind a value of `task.data`: a URL of any kind that Label Studio stores, a `data:` URL, or an upload path.
   * They may be shared with others who asked for the same file: read them, do not write into them.
   *
   * @throws LsmlError MEDIA_UNAVAILABLE, MEDIA_FORBIDDEN, MEDIA_TOO_LARGE
   */
  bytes(value: unknown, options?: MediaOptions): Promise<Uint8Array>
  /**
   * The same, decoded: EXIF orientation applied, so that its size is what Label Studio shows.
   *
   * @throws LsmlError as `bytes`, and INVALID_IMAGE
   */
  image(value: unknown, options?: MediaOptions): Promise<Image>
}

export interface MediaOptions {
  /** Needed for cloud storage, which Label Studio resolves by task. */
  readonly task?: Task
  readonly signal?: AbortSignal
}
