import { expect, test } from 'bun:test'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { fakeRunner, post, SETUP } from './_app.ts'

const log = silentLogger
const basicAuth = { username: 'häns', password: 'p:w' }

const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const right = header('häns:p:w')

test.each([
  ['GET', '/'],
  ['GET', '/health'],
  ['GET', '/metrics'],
  ['GET', '/versions'],
  ['POST', '/setup'],
  ['POST', '/predict'],
  ['POST', '/webhook'],
  ['GET', '/none'],
])('%s %s without a password is a 401 that asks for one', async (method, path) => {
  const response = await createApp(fakeRunner(), { log, basicAuth }).request(path, { method })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Basic realm="lsml"')
  expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
})

test.each([
  header('häns:wrong'),
  header('hans:p:w'),
  header('häns:'),
  header('häns:p:w '),
  'Basic',
  'Basic %%%',
  'Bearer p:w',
])('the header %j is refused', async (authorization) => {
  const app = createApp(fakeRunner(), { log, basicAuth })
  expect((await app.request('/health', { headers: { authorization } })).status).toBe(401)
})

test('the right password opens every route', async () => {
  const app = createApp(fakeRunner(), { log, basicAuth })
  expect((await app.request('/health', { headers: { authorization: right } })).status).toBe(200)
  expect((await post(app, '/setup', SETUP, { headers: { authorization: right } })).status).toBe(200)
})

test('/ready needs none: probes have no password', async () => {
  expect((await createApp(fakeRunner(), { log, basicAuth }).request('/ready')).status).toBe(200)
})

test.each([
  { username: '', password: 'p' },
  { username: 'u', password: '' },
])('%j is refused at once', (basicAuth) => {
  expect(() => createApp(fakeRunner(), { log, basicAuth })).toThrow(
    expect.objectContaining({ code: 'USAGE' }),
  )
})
