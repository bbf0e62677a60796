/** How media are reached, for all projects of a server: plain data, so that it can be sent to a worker. */
export interface MediaSettings {
  /** Origin, with the sub-path if there is one. Goes before the hostname that `/setup` brings. */
  readonly labelStudioUrl?: string | undefined
  /** A legacy token or a personal access token. Goes before the token that `/setup` brings. */
  readonly apiKey?: string | undefined
  /**
   * Whether `apiKey` may go to an address that only `/setup` named: where nobody but Label Studio can call it, since it is
   * behind a password or on this machine alone. Without it such an address gets the token that came with it. @default false
   */
  readonly trustSetup?: boolean | undefined
  /** Where uploaded images lie on this machine, as in the Python backend: `<imageDir>/<project>/<name>` or `<imageDir>/<name>`. */
  readonly imageDir?: string | undefined
  /** `LOCAL_FILES_DOCUMENT_ROOT`: files of `/data/local-files/?d=` that lie here are read without HTTP. */
  readonly localFilesRoot?: string | undefined
  /** Hosts (`host` or `host:port`) that may be reached although their addresses are private. Label Studio's own always may. */
  readonly allowHosts?: readonly string[] | undefined
  /** Of one file. @default 64 MiB */
  readonly maxBytes?: number | undefined
  /** Width times height of one image. @default 64 million */
  readonly maxPixels?: number | undefined
  /** Without a byte in this time, a download fails. @default 15 000 */
  readonly idleTimeoutMs?: number | undefined
  /** Of a whole download. @default 60 000 */
  readonly timeoutMs?: number | undefined
  /**
   * Folder of the download cache. Without it nothing is kept. Label Studio's files are taken as unchanging; what comes
   * from other addresses is fetched again after ten minutes.
   */
  readonly cacheDir?: string | undefined
  /** Of the cache; the least recently used files go first. @default 1 GiB */
  readonly cacheBytes?: number | undefined
}
