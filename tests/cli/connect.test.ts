import { expect, test } from 'bun:test'
import { lsml } from './_run.ts'

const bare = { LABEL_STUDIO_URL: '', LABEL_STUDIO_API_KEY: '', BASIC_AUTH_USER: '', BASIC_AUTH_PASS: '' }
const connect = (url: string, flags: readonly string[] = [], env: Record<string, string> = {}) =>
  lsml(['connect', '--url', url, '--project', '1', ...flags], { env: { ...bare, ...env } })

test.each([
  ['localhost:9090', 'Write it with its scheme'],
  ['http://me:secret@h:9090', 'holds a user name'],
  ['http://h/ml?x=1', 'has a query'],
])('the address %s of a backend is refused', async (url, said) => {
  const { code, stderr } = await connect(url)
  expect(code).toBe(2)
  expect(stderr).toContain(said)
  expect(stderr).not.toContain('secret')
})

test('without an address or a token of Label Studio it says what to give', async () => {
  expect((await connect('http://h:9090')).stderr).toContain('LABEL_STUDIO_URL')
  const { code, stderr } = await connect('http://h:9090', [], { LABEL_STUDIO_URL: 'http://127.0.0.1:1' })
  expect(code).toBe(2)
  expect(stderr).toContain('LABEL_STUDIO_API_KEY')
})

test('half of a basic auth is refused', async () => {
  const { code, stderr } = await connect('http://h:9090', ['--basic-auth-user', 'ls'])
  expect(code).toBe(2)
  expect(stderr).toContain('--basic-auth-pass')
})
