import { describe, expect, test } from 'bun:test'
import type { z } from 'zod'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { errorAnswerSchema } from '../../src/server/openapi/answers.ts'
import { type Operation, OPERATIONS } from '../../src/server/openapi/operations.ts'
import { toSchemaText } from '../../src/server/openapi/schema-text.ts'
import { fakeRunner, post } from './_app.ts'

const app = createApp(fakeRunner({ info: { name: 'fake', version: '1.0', canFit: true } }), {
  log: silentLogger,
  training: { quietMs: 0 },
})

interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security: readonly object[] }>>>>
}

async function documentOf(served: typeof app, path = '/openapi.json'): Promise<Document> {
  return (await (await served.request(path)).json()) as Document
}

test('every route is described, and nothing else is', () => {
  const served = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`)
  expect(described.toSorted()).toEqual([...new Set(served)].toSorted())
})

test('the document names the backend, and says where it is', async () => {
  const document = await documentOf(app)
  expect(document.openapi).toBe('3.1.0')
  expect(document.info).toMatchObject({ title: 'fake, a backend for Label Studio', version: '1.0' })
  expect(document.servers).toEqual([{ url: '/' }])
  const below = createApp(fakeRunner(), { log: silentLogger, basePath: '/ml/ocr' })
  expect((await documentOf(below, '/ml/ocr/openapi.json')).servers).toEqual([{ url: '/ml/ocr' }])
})

test('the document says what needs a password, and what the secret', async () => {
  const basicAuth = { username: 'ada', password: 'p' }
  const headers = { authorization: `Basic ${btoa('ada:p')}` }
  const guarded = createApp(fakeRunner(), { log: silentLogger, basicAuth, webhookSecret: 's' })
  const { paths } = (await (await guarded.request('/openapi.json', { headers })).json()) as Document
  const securityOf = (path: string, method: string) => paths[path]?.[method]?.security
  expect(securityOf('/predict', 'post')).toEqual([{ basic: [] }])
  expect(securityOf('/webhook', 'post')).toEqual([{ basic: [] }, { secret: [] }])
  expect(securityOf('/webhook/{secret}', 'post')).toEqual([])
  expect(securityOf('/ready', 'get')).toEqual([])
  expect((await documentOf(app)).paths['/predict']?.post?.security).toEqual([])
})

const answerTo = ({ method, path, example }: Operation) =>
  method === 'GET' ? app.request(path) : post(app, path, example)

describe('the examples of the document', () => {
  test.each(
    OPERATIONS.filter(({ path }) => !path.includes('{')).map(
      (each) => [`${each.method} ${each.path}`, each] as const,
    ),
  )('%s is answered as described', async (_name, operation) => {
    const response = await answerTo(operation)
    const answer = operation.answers[response.status]
    if (typeof answer === 'string') {
      expect(response.headers.get('content-type')).toStartWith(answer)
      return
    }
    // The example of /job_status names no job.
    if (answer === undefined) expect(operation.errors).toContain(response.status)
    const schema: z.ZodType = answer ?? errorAnswerSchema
    expect(schema.safeParse(await response.json()).error?.issues).toBeUndefined()
  })
})

describe('the page of the document', () => {
  test('has every route, and neither scripts nor anything from elsewhere', async () => {
    const response = await app.request('http://box:9090/docs')
    expect(response.headers.get('content-type')).toStartWith('text/html')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await response.text()
    for (const { path, summary } of OPERATIONS) {
      expect(page).toContain(`<code>${path}</code>`)
      expect(page).toContain(summary.replaceAll("'", '&#39;'))
    }
    expect(page).not.toContain('<script')
    expect(page.match(/(src|href)="[^"]*"/g)).toEqual(['href="http://box:9090/openapi.json"'])
  })

  test('shows the name of the backend as text', async () => {
    const named = createApp(fakeRunner({ info: { name: '<b>&', version: '1', canFit: false } }), {
      log: silentLogger,
    })
    const page = await (await named.request('/docs')).text()
    expect(page).toContain('&lt;b&gt;&amp;')
    expect(page).not.toContain('<b>&')
  })
})

test.each([
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
  [
    { type: 'array', items: { type: 'object', properties: { a: { type: ['string', 'null'] } } } },
    '{\n  a?: string | null\n}[]',
  ],
  [{ enum: ['a', 'b'] }, '"a" | "b"'],
  [{ const: 'ok' }, '"ok"'],
  [{ type: 'object', properties: {} }, 'object'],
  [{}, 'anything'],
])('the schema %j reads `%s`', (schema, text) => {
  expect(toSchemaText(schema)).toBe(text)
})
