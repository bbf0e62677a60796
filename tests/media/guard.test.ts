import { expect, test } from 'bun:test'
import { type Address, createGuard } from '../../src/media/guard.ts'
import { rejection } from './servers.ts'

const PUBLIC: Address = { address: '93.184.216.34', family: 4 }
const PRIVATE: Address = { address: '10.0.0.5', family: 4 }

function guardOf(addresses: readonly Address[], allowHosts: readonly string[] = []) {
  return createGuard({ allowHosts, lookup: async () => addresses })
}

test('the addresses that were checked are the ones to connect to', async () => {
  const both = [PUBLIC, { address: '2606:4700::1111', family: 6 }]
  expect(await guardOf(both).check(new URL('https://host.example/a'))).toEqual(both)
})

test('one private address among public ones refuses the name', async () => {
  const error = await rejection(
    guardOf([PUBLIC, PRIVATE]).check(new URL('http://host.example:81/a?sig=secret')),
  )
  expect(error.code).toBe('MEDIA_FORBIDDEN')
  expect(error.message).toContain('`host.example` is `10.0.0.5`')
  expect(error.message).toContain('(private)')
  expect(error.message).toContain('`--allow-host host.example:81`')
  expect(error.message).not.toContain('secret')
})

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.0.0.1/',
  'http://017700000001/',
  'http://127.0.0.1./',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://0/',
  'http://[::1]/',
  'http://[::]/',
  'http://[0:0:0:0:0:ffff:7f00:1]/',
  'http://[::ffff:169.254.169.254]/',
  'http://[64:ff9b::127.0.0.1]/',
  'http://[2002:7f00:1::1]/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://169.254.169.254/latest/meta-data/',
  'http:\\\\127.0.0.1\\a',
])('%s is refused without asking a resolver', async (url) => {
  const guard = createGuard({
    lookup: () => {
      throw new Error('asked')
    },
  })
  expect(await rejection(guard.check(new URL(url)))).toMatchObject({ code: 'MEDIA_FORBIDDEN' })
})

test.each(['http://localhost/', 'http://LOCALHOST/', 'http://localhost:8080/'])(
  '%s is refused by what the system resolves it to',
  async (url) => {
    expect(await rejection(createGuard().check(new URL(url)))).toMatchObject({ code: 'MEDIA_FORBIDDEN' })
  },
)

test('a dot at the end of a name is the same name', async () => {
  const guard = guardOf([PRIVATE], ['minio'])
  expect(await rejection(guardOf([PRIVATE]).check(new URL('http://minio./')))).toMatchObject({
    code: 'MEDIA_FORBIDDEN',
  })
  expect(await guard.check(new URL('http://minio./'))).toEqual([PRIVATE])
})

test.each(['ftp://host/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'data:,x', 'blob:http://host/x'])(
  '%s has a scheme that is not fetched, allowed host or not',
  async (url) => {
    const error = await rejection(guardOf([PUBLIC], ['host', '127.0.0.1']).check(new URL(url), 'operator'))
    expect(error).toMatchObject({ code: 'MEDIA_FORBIDDEN', message: expect.stringContaining('scheme') })
  },
)

test.each(['http://user@host.example/', 'http://user:secret@host.example/', 'http://:secret@host.example/'])(
  '%s carries a user name or password and is refused, also of an allowed host',
  async (url) => {
    const error = await rejection(guardOf([PUBLIC], ['host.example']).check(new URL(url)))
    expect(error.code).toBe('MEDIA_FORBIDDEN')
    expect(error.message).toContain('user name')
    expect(error.message).not.toContain('secret')
  },
)

test.each([
  ['minio', 'http://minio:9000/', true],
  ['minio', 'http://MINIO/', true],
  ['minio:9000', 'http://minio:9000/', true],
  ['minio:9000', 'http://minio:9001/', false],
  ['minio:9000', 'http://minio/', false],
  ['minio:80', 'http://minio/', true],
  ['minio:443', 'https://minio/', true],
  ['minio:443', 'http://minio/', false],
  ['minio', 'http://sub.minio/', false],
  ['minio', 'http://minio.evil.example/', false],
  ['10.0.0.5', 'http://10.0.0.5:1234/', true],
  ['10.0.0.5', 'http://0x0a000005/', true],
  ['10.0.0.5', 'http://host.example/', false],
  ['[::1]:9000', 'http://[::1]:9000/', true],
  ['[::1]:9000', 'http://[::1]/', false],
  ['::1', 'http://[::1]:1/', true],
] as const)('--allow-host %s lets %s pass: %p', async (entry, url, passes) => {
  const check = guardOf([PRIVATE], [entry]).check(new URL(url))
  if (passes) expect(await check).toHaveLength(1)
  else expect(await rejection(check)).toMatchObject({ code: 'MEDIA_FORBIDDEN' })
})

test.each(['', ' ', 'http://minio:9000', 'minio:9000/bucket', 'me@minio', 'minio:port', '*', '*.minio'])(
  '--allow-host `%s` is no host and refused at the start',
  (entry) => {
    expect(() => createGuard({ allowHosts: [entry] })).toThrow('no host')
  },
)

test('the address of /setup may be private, but not one where clouds keep credentials', async () => {
  expect(await guardOf([PRIVATE]).check(new URL('http://studio/'), 'setup')).toEqual([PRIVATE])
  const metadata = { address: '169.254.169.254', family: 4 }
  const url = new URL('http://studio/')
  expect(await rejection(guardOf([metadata]).check(url, 'setup'))).toMatchObject({ code: 'MEDIA_FORBIDDEN' })
  expect(await guardOf([metadata]).check(url, 'operator')).toEqual([metadata])
})

test('a name without an address is unavailable, not forbidden', async () => {
  const url = new URL('http://nowhere.example/a')
  expect(await rejection(guardOf([]).check(url))).toMatchObject({
    code: 'MEDIA_UNAVAILABLE',
    message: expect.stringContaining('`nowhere.example` cannot be resolved'),
  })
  const failing = createGuard({ lookup: async () => Promise.reject(new Error('ENOTFOUND')) })
  expect(await rejection(failing.check(url))).toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
})
