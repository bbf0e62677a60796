/** How many requests of a kind a backend has answered so far. */
export async function counted(
  backend: string,
  route: string,
  method: string,
  status: number,
): Promise<number> {
  const labels = `route="${route}",method="${method}",status="${status}"`
  return readMetric(backend, `lsml_requests_total{${labels}}`)
}

/** A number of the backend's metrics, labels included in its name; 0 when it is not there. */
export async function readMetric(backend: string, name: string): Promise<number> {
  const metrics = await (await fetch(`${backend}/metrics`)).text()
  const line = metrics.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
