const TIME = /\d{8}T\d{9}$/

/**
 * A name that no version of the project had before: the backend's own and when it was made. Those of one backend sort by
 * time, and are versions of semver when the backend's own is one.
 *
 * @param earlier ids of the project's versions, for a clock that was set back
 */
export function nextVersionName(base: string, now: number, earlier: readonly string[]): string {
  const latest = Math.max(0, ...earlier.map((id) => toTime(TIME.exec(id)?.[0])))
  return `${base}+${fromTime(Math.max(now, latest + 1))}`
}

/**
 * The version string of what was learnt by an earlier version of the backend: when the backend's own is raised, its
 * predictions have changed, and Label Studio asks again only for another string.
 */
export function servedName(base: string, id: string): string {
  const time = TIME.exec(id)?.[0]
  return time === undefined || id.startsWith(`${base}+`) ? id : `${base}+${time}`
}

function fromTime(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:.Z]/g, '')
}

function toTime(text: string | undefined): number {
  if (text === undefined) return 0
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(text) ?? []
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`) || 0
}
