import { expect, test } from 'bun:test'
import { silentLogger } from '../../src/log.ts'
import { createApp } from '../../src/server/app.ts'
import { answerOf, fakeRunner, post, SETUP } from './_app.ts'

const app = createApp(fakeRunner(), { log: silentLogger })
const send = (headers: Readonly<Record<string, string>>) =>
  post(app, 'http://127.0.0.1:9090/setup', SETUP, { headers: { host: '127.0.0.1:9090', ...headers } })

test.each([
  [{ origin: 'https://evil.example' }],
  [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  [{ origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' }],
  [{ origin: 'http://127.0.0.1:8080' }],
  [{ origin: 'null' }],
])('what a page of somebody else sends with %j is refused', async (headers) => {
  const response = await send(headers)
  expect(response.status).toBe(403)
  expect((await answerOf(response)).error.message).toContain(`\`${headers.origin}\``)
})

test.each([
  [{}],
  [{ 'sec-fetch-site': 'none' }],
  [{ origin: 'http://127.0.0.1:9090' }],
  [{ origin: 'https://lsml.example', 'sec-fetch-site': 'same-origin' }],
])('what a server, a script or a page of its own sends with %j is taken', async (headers) => {
  expect((await send(headers)).status).toBe(200)
})
