/** Requests as Label Studio sends them. */
export const LABEL_CONFIG =
  '<View><Text name="text" value="$text"/><TextArea name="answer" toName="text"/></View>'

export interface Served {
  readonly version: string
  readonly text: string
}

/** @returns the version that the server says */
export async function setUp(url: string, project: string): Promise<string> {
  const answer = await post(`${url}/setup`, {
    project: `${project}.1718021542`,
    schema: LABEL_CONFIG,
    hostname: '',
    access_token: '',
  })
  return ((await answer.json()) as { readonly model_version: string }).model_version
}

/** Without the labeling config, as some releases ask. */
export async function predict(url: string, project: string): Promise<Served> {
  const answer = await post(`${url}/predict`, {
    project: `${project}.1718021542`,
    tasks: [{ id: 1, data: { text: 'a' } }],
  })
  const body = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${body}`)
  const { results } = JSON.parse(body) as {
    readonly results: readonly {
      readonly model_version: string
      readonly result: readonly { readonly value: { readonly text: readonly string[] } }[]
    }[]
  }
  return { version: results[0]?.model_version ?? '', text: results[0]?.result[0]?.value.text[0] ?? '' }
}

/** Tells of an annotation, once. @returns whether it was acknowledged */
export async function submit(url: string, project: string, annotation: number): Promise<boolean> {
  try {
    const answer = await post(`${url}/webhook`, {
      action: 'ANNOTATION_CREATED',
      project: { id: Number(project), label_config: LABEL_CONFIG },
      task: { id: annotation, data: { text: `${annotation}` } },
      annotation: { id: annotation, result: [] },
    })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
}
