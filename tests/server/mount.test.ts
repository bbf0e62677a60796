import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { LsmlError } from '../../src/errors.ts'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { fakeRunner, tasks } from './_app.ts'

const basicAuth = { username: 'u', password: 'p' }
const authorization = `Basic ${btoa('u:p')}`

const fail = () => Promise.reject(new LsmlError('MEDIA_UNAVAILABLE', 'It is gone.'))

function makeApp() {
  return createApp(fakeRunner({ predict: fail }), { log: silentLogger, basicAuth })
}

// Both ways that Hono has: by its routes, and as a plain `fetch`.
test.each([
  ['route', () => new Hono().get('/', (c) => c.text('host')).route('/ml/ocr', makeApp())],
  ['mount', () => new Hono().get('/', (c) => c.text('host')).mount('/ml/ocr', makeApp().fetch)],
])(
  'inside another app, by its `%s`, the routes, errors and the password are its own',
  async (_way, build) => {
    const host = build()
    const statusOf = async (path: string, headers?: Record<string, string>) =>
      (await host.request(path, headers === undefined ? {} : { headers })).status
    expect(await (await host.request('/')).text()).toBe('host')
    expect(await statusOf('/ml/ocr/ready')).toBe(200)
    expect(await statusOf('/ml/ocr/health')).toBe(401)
    expect(await statusOf('/ml/ocr/health', { authorization })).toBe(200)
    const response = await host.request('/ml/ocr/predict', {
      method: 'POST',
      body: JSON.stringify({ tasks: tasks(1) }),
      headers: { authorization },
    })
    expect(response.status).toBe(502)
    expect(await response.json()).toEqual({ error: { code: 'MEDIA_UNAVAILABLE', message: 'It is gone.' } })
  },
)
