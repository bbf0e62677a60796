import { describe, expect, test } from 'bun:test'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { answerOf, fakeRunner, post, recordingLog, SETUP } from './_app.ts'

const log = silentLogger
const basicAuth = { username: 'häns', password: 'p:w' }

const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const right = header('häns:p:w')
const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })
const messageOf = async (response: Response) => (await answerOf(response)).error.message
const inLatin1 = (text: string) => ({
  headers: { authorization: `Basic ${Buffer.from(text, 'latin1').toString('base64')}` },
})
const START = { action: 'START_TRAINING', project: { id: 12 } }

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

test('the right password opens in Latin-1, too, as Label Studio sends it', async () => {
  const app = createApp(fakeRunner(), { log, basicAuth })
  expect((await app.request('/health', inLatin1('häns:p:w'))).status).toBe(200)
  expect((await app.request('/health', inLatin1('hÄns:p:w'))).status).toBe(401)
})

test('without the password an answer says where to write it', async () => {
  const app = createApp(fakeRunner(), { log, basicAuth })
  expect(await messageOf(await app.request('/health'))).toContain('Settings → Model')
  expect(await messageOf(await post(app, '/webhook', START))).toContain('lsml connect')
})

test('an error of a request with the right password is that error', async () => {
  const app = createApp(fakeRunner(), { log, basicAuth })
  const response = await post(app, '/setup', {}, { headers: { authorization: right } })
  expect(response.status).toBe(400)
})

describe('the secret of the webhook', () => {
  const webhookSecret = 'a1b2-C3_d4'

  test.each([
    ['in the path', '/webhook/a1b2-C3_d4', {}],
    ['in a header', '/webhook', bearer(webhookSecret)],
  ])('%s stands for the password', async (_where, path, init) => {
    const app = createApp(fakeRunner(), { log, basicAuth, webhookSecret, basePath: '/ml' })
    expect((await post(app, `/ml${path}`, START, init)).status).toBe(200)
  })

  test('or the password: the button Start Training sends nothing else', async () => {
    const app = createApp(fakeRunner(), { log, basicAuth, webhookSecret })
    expect((await post(app, '/webhook', START, { headers: { authorization: right } })).status).toBe(200)
  })

  test.each([
    ['/webhook', {}],
    ['/webhook/', {}],
    ['/webhook/a1b2-C3_d', {}],
    ['/webhook/a1b2-C3_d4/x', {}],
    ['/webhook', bearer('a1b2-C3_d45')],
    ['/webhook/wrong', bearer(webhookSecret)],
    ['/setup', bearer(webhookSecret)],
    ['/predict', bearer(webhookSecret)],
    ['/webhook/a1b2-C3_d4/../../predict', {}],
  ])('is needed: %s with %j is refused', async (path, init) => {
    const app = createApp(fakeRunner(), { log, basicAuth, webhookSecret })
    expect((await post(app, path, START, init)).status).toBe(401)
  })

  test('alone guards the webhook alone, and the refusal says what to do', async () => {
    const app = createApp(fakeRunner(), { log, webhookSecret })
    expect((await post(app, '/setup', SETUP)).status).toBe(200)
    expect((await post(app, '/webhook/a1b2-C3_d4', START)).status).toBe(200)
    const refused = await post(app, '/webhook', START)
    expect(refused.status).toBe(401)
    expect((await answerOf(refused)).error.message).toContain('lsml connect --webhook-secret')
  })

  test('is neither logged nor answered', async () => {
    const log = recordingLog()
    const app = createApp(fakeRunner(), { log, webhookSecret })
    const answers = [
      await post(app, '/webhook/a1b2-C3_d4', START),
      await post(app, '/webhook/a1b2-C3_d4', {}),
      await post(app, '/webhook/a1b2-C3_d4/x', START),
      await app.request('/webhook/a1b2-C3_d4'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 404, 405])
    const shown = await Promise.all(answers.map((response) => response.text()))
    expect(JSON.stringify([shown, log.lines])).not.toContain(webhookSecret)
    expect(log.lines.map(({ message }) => message)).toContain('POST /webhook/… 200')
  })

  test.each(['', 'a b', 'a/b', 'ü', 'a%20b'])('%j cannot be one', (webhookSecret) => {
    expect(() => createApp(fakeRunner(), { log, webhookSecret })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    )
  })
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
