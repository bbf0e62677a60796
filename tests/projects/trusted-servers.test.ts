import { expect, test } from 'bun:test'
import { trustedServers } from '../../src/projects/trusted-servers.ts'

test('servers are trusted that the settings name, or addresses anywhere in the parameters from outside', () => {
  const params = [
    { source: 'lsml.config.json', values: { models: [{ path: 'kserve+https://a.example/models/x' }], n: 1 } },
    { source: '--with', values: { det_ckpt: 'kserve+http://b:8000/team/v2/models/y/versions/2', off: null } },
  ]
  expect(trustedServers({ params, modelServers: { origins: ['http://c:9000'] } })).toEqual([
    'http://c:9000',
    'https://a.example',
    'http://b:8000',
  ])
})

test('nothing else is, nor is an address that cannot be read an error here', () => {
  const values = { url: 'http://a/models/x', text: 'see kserve+http://b/models/x', wrong: 'kserve+http://c' }
  expect(trustedServers({ params: [{ source: '--with', values }] })).toEqual([])
  expect(trustedServers({})).toEqual([])
})
